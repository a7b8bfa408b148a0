"""Pages for what cannot be had: full, closed, too early, past, cancelled, unreachable, revoked."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db.models import F

from donations.models import Donation
from donations.services.parameters import token
from events.models import Booking, Campaign, Workshop
from fundraiser.core import clock
from tests.support.cast import give_form, make_campaign, make_workshop
from tests.support.story import Story, address, plain

_SHUT = {
    "full": ({"capacity": 0}, "Every seat is taken", "Toutes les places sont prises"),
    "cancelled": ({"state": "cancelled"}, "This workshop is cancelled", "annulé"),
    "past": ({"starts_at": "past"}, "This workshop has already happened", "déjà eu lieu"),
    "not_open_yet": ({"registration_opens_at": "later"}, "Registration is not open yet", "encore"),
    "closed": ({"registration_closes_at": "past"}, "Registration is closed", "closes"),
}
_MOMENTS = {"past": timedelta(days=-2), "later": timedelta(days=2)}


def _shut(why: str) -> Workshop:
    values, _english, _french = _SHUT[why]
    made = {
        name: clock.now() + _MOMENTS[value] if value in _MOMENTS else value
        for name, value in values.items()
    }
    return make_workshop(make_campaign(), **made)


@pytest.mark.parametrize("why", _SHUT)
def test_a_workshop_that_cannot_be_booked_says_why(story: Story, why: str) -> None:
    workshop = _shut(why)
    _values, english, french = _SHUT[why]
    page = story.page(address(workshop))
    assert english in page
    assert 'name="amount"' not in page  # nothing to book by; a full one has its waiting list
    assert f'href="/c/{workshop.campaign.slug}/give/"' in page
    assert french in story.page(address(workshop), language="fr")
    assert workshop.title in story.page(f"/c/{workshop.campaign.slug}/")

    answer = story.post(workshop)
    assert answer.status_code == 409
    heading = "The last seat has just gone" if why == "full" else "Registration has just closed"
    assert heading in answer.content.decode()
    assert (Donation.objects.count(), Booking.objects.count()) == (0, 0)


@pytest.mark.parametrize("values", [{"state": "closed"}, {"closes_at": "past"}])
def test_a_closed_campaign_stays_as_a_record(story: Story, values: dict[str, object]) -> None:
    campaign = make_campaign()
    workshop = make_workshop(campaign)
    story.give(workshop)
    if values.get("closes_at"):
        values = {"closes_at": clock.now() - timedelta(minutes=1)}
    Campaign.objects.filter(pk=campaign.pk).update(
        **values, content_version=F("content_version") + 1
    )
    page = story.page(f"/c/{campaign.slug}/")
    assert "This campaign is closed" in page
    assert "$20" in page
    assert "This campaign is closed" in story.page(f"/c/{campaign.slug}/give/")
    answer = story.post(campaign)
    assert answer.status_code == 409
    assert story.post(workshop, email="b@example.org").status_code == 409
    assert Donation.objects.count() == 1


def test_drafts_are_nowhere(story: Story) -> None:
    draft = make_campaign(state="draft")
    inside = make_workshop(draft)
    hidden = make_workshop(make_campaign(), state="draft", title="Not yet told")
    for path in (f"/c/{draft.slug}/", f"/c/{draft.slug}/total/", address(inside), address(hidden)):
        story.page(path, status=404)
    story.page(f"/c/{draft.slug}/give/", status=404)
    story.page(f"/c/{draft.slug}/entries.csv", status=404)
    assert story.post(inside).status_code == 404
    assert story.post(hidden).status_code == 404
    assert "Not yet told" not in story.page(f"/c/{hidden.campaign.slug}/")
    assert f"/c/{draft.slug}/" not in story.page("/")


def _fields(page: str) -> dict[str, str]:
    form = re.search(r'<form method="post" action="([^"]+)" data-once>.*?</form>', page, re.DOTALL)
    assert form
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form.group(0))
    return {name: unescape(value) for name, value in found} | {"action": form.group(1)}


@pytest.mark.parametrize("how", ["500", "reset", "after"])
def test_when_stripe_does_not_answer_a_button_tries_again(
    story: Story, workshop: Workshop, how: str
) -> None:
    story.sandbox.fail_next(1, how=how, path="/v1/checkout/sessions")
    typed = give_form(message="It’s “quoted” & <kept>", hide_name="on", cover_fee="on")
    answer = story.client.post(address(workshop), typed)
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "We cannot reach the payment page" in page
    assert "Your seat is kept for you meanwhile." in page
    assert Booking.objects.get().state == "held"

    fields = _fields(page)
    action = fields.pop("action")
    assert fields == typed
    again = story.client.post(action, fields)
    assert again.status_code == 302
    donation = Donation.objects.get()
    assert again["Location"] == donation.session_url
    assert donation.message == "It’s “quoted” & <kept>"
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1
    story.pay(donation)
    assert donation.state == "paid"


def test_a_visitor_who_turns_back_can_go_on_or_let_the_seat_go(
    story: Story, workshop: Workshop
) -> None:
    donation = story.register(workshop)
    path = f"/checkout/{token(donation)}/cancelled/"
    page = story.page(path)
    assert "You came back without paying" in page
    assert f'href="{donation.session_url}"' in page
    donation.refresh_from_db()
    assert donation.state == "open", "GET changes nothing"

    answer = story.client.post(f"/checkout/{token(donation)}/release/")
    donation.refresh_from_db()
    workshop.refresh_from_db()
    assert (donation.state, workshop.seats_taken) == ("expired", 0)
    assert "Your seat is free for somebody else" in story.page(answer["Location"])
    assert story.client.get(path).status_code == 302


def test_a_declined_card_leaves_the_seat_and_says_so(story: Story, workshop: Workshop) -> None:
    donation = story.register(workshop)
    story.sandbox.pay(donation.session_id, card="4000000000000002")
    story.webhooks(donation)
    assert "Confirming your payment" in story.returned(donation)
    answer = story.client.post(f"/checkout/{token(donation)}/apply/")
    page = story.page(answer["Location"])
    assert "Your card was declined" in page
    assert "Your seat is still kept for you." in page
    assert f'href="{donation.session_url}"' in page
    story.pay(donation)
    assert donation.state == "paid"


def test_the_button_confirms_when_no_webhook_comes(story: Story, workshop: Workshop) -> None:
    donation = story.register(workshop)
    story.sandbox.pay(donation.session_id)
    page = story.returned(donation)
    assert "Check again" in page
    donation.refresh_from_db()
    assert donation.state == "open", "GET changes nothing"
    answer = story.client.post(f"/checkout/{token(donation)}/apply/")
    assert "You are in!" in story.page(answer["Location"])
    story.webhooks(donation)
    assert story.total(workshop.campaign).raised.minor == 2000


def test_a_payment_that_does_not_match_is_shown_as_being_checked(
    story: Story, workshop: Workshop
) -> None:
    donation = story.register(workshop)
    story.sandbox.pay(donation.session_id)
    story.sandbox.tamper(donation.session_id, amount=1)
    story.webhooks(donation)
    assert donation.quarantine
    assert "We are checking your payment" in story.returned(donation)
    assert story.total(workshop.campaign).raised.minor == 0


def test_revoked_and_foreign_links_are_404(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop)
    gift = story.give(workshop.campaign, email="g@example.org")
    context = story.client.get(f"/checkout/{token(donation)}/").context
    own = context["manage_url"]
    gift_page = story.client.get(f"/checkout/{token(gift)}/").context["manage_url"]
    returned = f"/checkout/{token(donation)}/"
    calendar = f"{own}calendar.ics"
    paths = [own, calendar, gift_page, returned]
    for path in paths:
        assert story.client.get(path).status_code == 200
        for wrong in (path[:-3] + "/", path.replace(".1.", ".2."), path.replace("/", "/x", 2)):
            assert story.client.get(wrong).status_code == 404, wrong
    crossed = (
        own.replace("/b/", "/confirm/"),
        own.replace("/b/", "/g/"),
        gift_page.replace("g", "b"),
    )
    for path in crossed:
        assert story.client.get(path).status_code == 404

    Booking.objects.update(link_version=2)
    Donation.objects.update(link_version=2)
    for path in paths:
        assert story.client.get(path).status_code == 404
        assert story.client.post(f"{own}cancel/").status_code == 404
    donation.booking.refresh_from_db()
    assert donation.booking.state == "confirmed"


def test_the_same_form_sent_ten_times_is_one_seat_and_one_session(
    story: Story, workshop: Workshop
) -> None:
    typed = give_form()
    answers = [story.client.post(address(workshop), typed) for _ in range(10)]
    assert {answer["Location"] for answer in answers} == {Donation.objects.get().session_url}
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1

    changed = story.client.post(address(workshop), {**typed, "amount": "5000"})
    assert changed.status_code == 302
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1, "another amount replaces the first attempt"
    states = dict(Donation.objects.values_list("amount_minor", "state"))
    assert states == {2000: "expired", 5000: "open"}


def test_not_found_is_a_page_in_the_visitors_language(story: Story) -> None:
    assert "There is nothing here" in story.page("/nowhere/", status=404)
    assert plain("Il n’y a rien ici") in story.page("/nowhere/", language="fr", status=404)
