"""The give form, from what is typed to what is charged and shown."""

from __future__ import annotations

import uuid

import pytest

from donations.models import Donation
from events.models import Booking, Registration, Workshop
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story, address, plain

_TYPED = {
    "amount": "other",
    "other_amount": "0,10",
    "name": "Zoë & <Cie>",
    "email": "not an address",
    "message": "Pour l’eau",
    "hide_name": "on",
    "cover_fee": "on",
    "seats": "2",
    "news": "on",
}


def _counts() -> tuple[int, int]:
    return Donation.objects.count(), Booking.objects.count()


def test_errors_keep_what_was_typed_and_are_told_twice(story: Story, workshop: Workshop) -> None:
    nonce = str(uuid.uuid4())
    answer = story.post(workshop, nonce=nonce, **_TYPED)
    page = plain(answer.content.decode())

    assert answer.status_code == 422
    assert "<title>Error: " in page
    for problem in ("The least you can give here is $0.50.", "Write an e-mail address like"):
        assert page.count(problem) == 2, "once in the summary, once beside the field"
    assert 'href="#id_other_amount"' in page
    assert 'href="#id_email"' in page
    assert 'value="0,10"' in page
    assert 'value="Zoë &amp; &lt;Cie&gt;"' in page
    assert 'value="not an address"' in page
    assert "Pour l’eau</textarea>" in page
    assert f'value="{nonce}"' in page
    for name in ("hide_name", "cover_fee", "news"):
        assert f'name="{name}" id="id_{name}" checked' in page.replace(
            'aria-describedby="id_cover_fee_helptext" ', ""
        )
    assert '<option value="2" selected>' in page
    assert _counts() == (0, 0)


def test_errors_are_told_in_french(story: Story, workshop: Workshop) -> None:
    answer = story.post(workshop, language="fr", **{**_TYPED, "name": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Erreur" in page
    assert '<html lang="fr">' in page
    assert "Please" not in page


@pytest.mark.parametrize(
    ("picked", "typed", "problem"),
    [
        ("other", "4.99", "The least you can give here is $5."),
        ("other", "200.01", "The most you can give here is $200."),
        ("other", "0", "The least you can give here is $5."),
        ("other", "-20", "Write the amount as a number"),
        ("other", "20.505", "Write the amount as a number"),
        ("other", "twenty", "Write the amount as a number"),
        ("other", "", "Choose an amount, or write one."),
        ("", "", "Choose an amount, or write one."),
        ("12345", "", "Choose one of the amounts"),
    ],
)
def test_an_amount_that_cannot_be_given_is_refused(
    story: Story, picked: str, typed: str, problem: str
) -> None:
    workshop = make_workshop(make_campaign(), minimum_minor=500, maximum_minor=20_000)
    answer = story.post(workshop, amount=picked, other_amount=typed)
    assert answer.status_code == 422
    assert plain(answer.content.decode()).count(problem) == 2
    assert _counts() == (0, 0)


def test_minimum_and_maximum_are_said_beside_the_field(story: Story) -> None:
    workshop = make_workshop(make_campaign(), minimum_minor=500, maximum_minor=20_000)
    assert "Any amount from $5 to $200." in story.page(address(workshop))


@pytest.mark.parametrize(
    ("currency", "language", "typed", "minor"),
    [
        ("USD", "fr", "1 234,5", 123_450),
        ("USD", "fr", "20,50 $", 2_050),
        ("EUR", "fr", "20,50 €", 2_050),
        ("USD", "en", "$1,234.50", 123_450),
        ("USD", "en", "20", 2_000),
        ("JPY", "en", "1,500", 1_500),
        ("KWD", "en", "12.340", 12_340),
        ("ISK", "fr", "1 500", 150_000),
    ],
)
def test_amounts_are_understood_in_the_visitors_way(
    story: Story, currency: str, language: str, typed: str, minor: int
) -> None:
    campaign = make_campaign(currency=currency, goal_minor=None, suggested_minor=[])
    donation = story.register(campaign, language=language, amount="other", other_amount=typed)
    assert (donation.amount_minor, donation.currency) == (minor, currency)

    story.pay(donation)
    assert donation.state == "paid"
    assert story.total(campaign).raised == donation.amount


@pytest.mark.parametrize(
    ("currency", "typed"), [("JPY", "100.5"), ("KWD", "1.2345"), ("KWD", "1.235"), ("ISK", "10.5")]
)
def test_a_fraction_that_the_currency_has_not_is_refused(
    story: Story, currency: str, typed: str
) -> None:
    campaign = make_campaign(currency=currency, goal_minor=None, suggested_minor=[])
    assert story.post(campaign, amount="other", other_amount=typed).status_code == 422
    assert _counts() == (0, 0)


def test_the_address_fills_the_amount(story: Story, workshop: Workshop) -> None:
    page = story.page(f"{address(workshop)}?amount=50")
    assert 'value="other" checked' in page
    assert 'name="other_amount" value="50"' in page
    page = story.page(f'{address(workshop)}?amount="><script>alert(1)')
    assert "<script>alert" not in page


def test_covering_the_fee_charges_the_amount_and_the_cover(story: Story) -> None:
    workshop = make_workshop(make_campaign())
    donation = story.give(workshop, cover_fee="on")
    assert donation.fee_cover_minor == 91  # (20.00 + 0.30) / (1 − 2.9 %) = 20.91, rounded up
    assert donation.amount_minor == 2091
    total = story.total(workshop.campaign)
    assert total.raised.minor == 2091
    assert total.owed.minor == 2000
    assert "$20.91" in story.returned(donation)


def test_the_organizer_who_pays_the_fees_offers_no_cover(story: Story) -> None:
    workshop = make_workshop(make_campaign(fees_paid_by_organizer=True))
    assert "cover_fee" not in story.page(address(workshop))
    donation = story.give(workshop, cover_fee="on")
    assert (donation.amount_minor, donation.fee_cover_minor) == (2000, 0)
    total = story.total(workshop.campaign)
    assert total.owed == total.raised


def test_several_seats_with_one_gift(story: Story) -> None:
    workshop = make_workshop(make_campaign(), capacity=4)
    donation = story.give(workshop, seats="3", person_2_name="Fred", person_3_name="Fay")
    workshop.refresh_from_db()
    assert workshop.seats_taken == 3
    assert donation.booking is not None
    assert donation.booking.registrations.count() == 3
    assert donation.amount_minor == 2000
    assert "1 seat" in story.page(address(workshop))
    assert story.post(workshop, seats="2").status_code == 422
    assert story.total(workshop.campaign).donors == 1


_QUESTIONS = [
    {"id": "shop", "label": "What do you sell?", "kind": "text", "required": True},
    {
        "id": "level",
        "label": "Your level?",
        "kind": "choice",
        "choices": ["New", "Expert"],
        "translations": {"fr": {"label": "Votre niveau ?", "choices": ["Débutant", "Avancé"]}},
    },
    {"id": "years", "label": "Since how many years?", "kind": "number"},
    {"id": "rules", "label": "I agree to be kind", "kind": "consent", "required": True},
]


def test_the_organizers_questions_are_asked_and_kept(story: Story) -> None:
    workshop = make_workshop(make_campaign(), questions=_QUESTIONS)
    page = story.page(address(workshop), language="fr")
    assert "Votre niveau ?" in page
    assert "Débutant" in page

    answer = story.post(workshop, question_years="many", question_level="Nobody")
    assert answer.status_code == 422
    page = answer.content.decode()
    for name in ("shop", "level", "years", "rules"):
        assert f'href="#id_question_{name}"' in page
    assert _counts() == (0, 0)

    story.register(
        workshop,
        question_shop="Tea",
        question_level="New",
        question_years="3",
        question_rules="on",
    )
    assert Registration.objects.get().answers == {
        "shop": "Tea",
        "level": "New",
        "years": 3,
        "rules": True,
    }


def test_a_gift_without_a_workshop(story: Story) -> None:
    campaign = make_campaign()
    donation = story.give(campaign, amount="5000", message="For the wells")
    assert (donation.purpose, donation.state, donation.booking) == ("gift", "paid", None)
    page = story.returned(donation)
    assert "Thank you!" in page
    assert "Your seat" not in page
    (mail,) = story.mails()
    assert mail["Subject"] == "Thank you for your gift to charity: water"
    assert "For the wells" in story.page(f"/c/{campaign.slug}/")
    assert Booking.objects.count() == 0
