"""What an organizer opens or tries tells of nobody whether their seat was paid or carried."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations.models import CancellationChoice, CarriedSeat, Donation
from events.models import Booking, Campaign, Registration, Workshop
from events.services.mails import outbox
from tests.flows.test_cancelled_choices import cancel
from tests.flows.test_moving import post, post_page
from tests.flows.test_surplus_seats import _people as people
from tests.flows.test_surplus_seats import _take as take
from tests.support.cast import make_workshop
from tests.support.clock import Clock
from tests.support.story import Story, address

QUESTION = {"id": "shop", "label": "What do you sell?", "kind": "text", "required": True}


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def shop(campaign: Campaign) -> Workshop:
    return make_workshop(campaign, surplus_seats=True, surplus_minimum_minor=2000)


def both(story: Story, shop: Workshop) -> tuple[Booking, Booking]:
    """Dora gives for two, Gus comes by what she gave on top; return their bookings."""
    story.give(shop, amount="other", other_amount="80", name="Dora", email="dora@example.org")
    story.mails()
    gus = take(story, shop)
    story.mails()
    return Booking.objects.get(email="dora@example.org"), gus


def reveal(shop: Workshop) -> None:
    """The control: as where no seat was ever carried."""
    Workshop.objects.filter(pk=shop.pk).update(surplus_seats=False, surplus_minimum_minor=None)


def test_whoever_cannot_give_is_asked_what_everybody_is_asked(story: Story, shop: Workshop) -> None:
    Workshop.objects.filter(pk=shop.pk).update(questions=[QUESTION])
    typed = {"question_shop": "Soap", "news": "on"}
    story.give(shop, amount="other", other_amount="80", **typed)
    page = story.page(address(shop))
    assert page.count("What do you sell?") == 2, "once to give, once for who cannot"
    asked = {"name": "Gus", "email": "gus@example.org", "nonce": str(uuid4())}
    empty = story.client.post(f"{address(shop)}carried-seat/", asked)
    assert empty.status_code == 422
    assert 'id="carried_question_shop_error"' in empty.content.decode()
    assert 'value="gus@example.org"' in empty.content.decode()
    assert story.client.post(f"{address(shop)}carried-seat/", asked | typed).status_code == 200
    known = {
        (tuple(one.answers.items()), one.booking.wants_news) for one in Registration.objects.all()
    }
    assert known == {((("shop", "Soap"),), True)}, "neither answers nor news tell them apart"


def test_neither_mails_nor_moments_tell_who_gave(
    story: Story, shop: Workshop, organizer: Client, clock: Clock
) -> None:
    dora, _gus = both(story, shop)
    Booking.objects.filter(pk=dora.pk).update(confirmed_at=clock.now() - timedelta(days=3))
    dora.messages.update(sent_at=clock.now() - timedelta(days=3))
    for kind in ("receipt", "refund_answer", "cancellation_choice"):
        outbox.queue(key=f"{kind}:1", kind=kind, booking=dora)
    outbox_state = {"state": "set_aside", "error": "550"}
    dora.messages.filter(kind="receipt").update(**outbox_state)
    cards = people(organizer, shop)
    assert cards["Dora"] == cards["Gus"]
    path = reverse("workshop_people", args=[shop.public_id])
    assert "Dora" not in organizer.get(f"{path}?mail=trouble").content.decode()
    every = organizer.get(f"/organize/campaigns/{shop.campaign.public_id}/people/")
    assert f"{clock.now():%Y}</p>" not in every.content.decode()

    reveal(shop)
    cards = people(organizer, shop)
    assert cards["Dora"] != cards["Gus"], "control"
    assert "Dora" in organizer.get(f"{path}?mail=trouble").content.decode(), "control"


def test_on_another_date_nothing_tells_either(
    story: Story, shop: Workshop, organizer: Client, alice: User
) -> None:
    plain = make_workshop(shop.campaign, title="Later")
    dora, gus = both(story, shop)
    person = dora.registrations.get()
    form = reverse("workshop_move_person", args=[shop.public_id, person.public_id])
    assert "What was given moves along" not in organizer.get(form).content.decode()
    assert [post(alice, one, plain) for one in (dora, gus)] == [302, 302]
    cards = people(organizer, plain)
    assert cards["Dora"] == cards["Gus"]
    assert CarriedSeat.objects.get().booking.workshop == plain, "its holder still knows"
    plain.refresh_from_db()
    assert plain.surplus_seats is False, "and it carries none itself"

    reveal(plain)
    assert "Give money back" in people(organizer, plain)["Dora"], "control"


def test_after_a_cancellation_everybody_is_refused_in_the_same_words(
    story: Story, shop: Workshop, organizer: Client, alice: User
) -> None:
    later = make_workshop(shop.campaign, title="Later")
    dora, gus = both(story, shop)
    cancel(alice, shop)
    CancellationChoice.objects.update(choice="refund", set_aside_at=timezone.now())
    shop.refresh_from_db()
    assert "Move to another date" not in "".join(people(organizer, shop).values())
    answers = [_told(alice, one, later) for one in (dora, gus)]
    assert answers[0] == answers[1]
    assert "chooses by themselves" in answers[0]
    assert not Booking.objects.filter(workshop=later).exists()

    reveal(shop)
    assert "money back" in post_page(alice, dora, later).content.decode(), "control: they gave"
    assert post(alice, gus, later) == 302, "control"


def _told(alice: User, booking: Booking, target: Workshop) -> str:
    booking = Booking.objects.get(pk=booking.pk)
    answer: Any = post_page(alice, booking, target)
    assert answer.status_code == 302
    client = Client()
    client.cookies = answer.client.cookies
    page = client.get(answer["Location"]).content.decode()
    (words,) = re.findall(r"<p class=\"notice warn\">(.*?)</p>", page)
    return str(words)


def test_the_pages_of_refunds_name_nobody(story: Story, shop: Workshop, organizer: Client) -> None:
    both(story, shop)
    gift = Donation.objects.get()
    paths = [
        reverse("donation_refund", args=[gift.public_id]),
        reverse("refund_decline", args=[gift.public_id]),
    ]
    pages = [organizer.get(path).content.decode() for path in paths]
    for page in pages:
        assert "Dora" not in page
        assert "Somebody gave $80.00" in page
    reveal(shop)
    for path in paths:
        assert "Dora gave $80.00" in organizer.get(path).content.decode(), "control"
