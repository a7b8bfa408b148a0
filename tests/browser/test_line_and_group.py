"""The pages of groups and of the waiting list, for everybody, in both languages."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from donations.models import Donation
from events.models import Booking, Registration, Workshop
from events.services import access
from events.services.seating import waiting_list
from tests.browser import looks
from tests.browser.conftest import Open
from tests.support.browser import PHONE
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story, address

pytestmark = [pytest.mark.django_db(transaction=True)]

_FRENCH = {"title": "Ouvrir une boutique en ligne"}
_QUESTIONS = [
    {"id": "shop", "label": "What do you sell?", "kind": "text", "required": True},
    {"id": "level", "label": "Your level?", "kind": "choice", "choices": ["New", "Expert"]},
]


def _shop(**values: Any) -> Workshop:
    campaign = make_campaign(translations={"fr": {"title": "De l’eau potable"}})
    return make_workshop(campaign, translations={"fr": _FRENCH}, **values)


def _own(booking: Booking) -> str:
    return f"/b/{access.booking_link(booking)}/"


def _group(story: Story) -> Donation:
    shop = _shop(questions=_QUESTIONS)
    people = {"person_2_name": "Emil", "person_2_email": "emil@example.org"}
    people |= {"person_3_name": "Zoë with a rather long name", "question_shop": "Soap"}
    return story.give(shop, seats=3, name="Dora", email="dora@example.org", **people)


def _seats(story: Story) -> Iterator[tuple[str, str]]:
    """Yield the pages of a booking of three, and of one of its people."""
    donation = _group(story)
    booking = donation.booking
    assert booking is not None
    own = _own(booking)
    yield "own group", own
    yield "own one more gift", f"{own}give/"
    other = Registration.objects.get(booking=booking, position=2)
    seat = f"/s/{access.registration_link(other, access.SEAT_LINK)}/"
    yield "seat", seat
    unsubscribe = access.registration_link(other, access.UNSUBSCRIBE_LINK)
    yield "no more reminders", f"/u/{unsubscribe}/"
    yield "no more news", f"/u/{unsubscribe}/news/"


def _line(story: Story) -> Iterator[tuple[str, str]]:
    """Yield the pages of the waiting list, from the full workshop to the offer."""
    shop = _shop(capacity=1)
    first = story.give(shop, email="first@example.org")
    yield "workshop full with line", address(shop)
    form = {"name": "Wanda", "email": "wanda@example.org", "seats": "1"}
    story.client.post(f"{address(shop)}wait/", {**form, "nonce": str(uuid.uuid4())})
    waiting = Booking.objects.get(email="wanda@example.org")
    yield "own waiting", _own(waiting)
    assert first.booking is not None
    story.client.post(f"{_own(first.booking)}cancel/")
    waiting_list.offer(shop.pk)
    yield "own offer", _own(waiting)
    yield "offer form", f"{_own(waiting)}seat/"
    story.client.post(f"{_own(waiting)}extend/")
    yield "own offer extended", _own(waiting)


def _looked_at(page: Page, site: str, pages: Iterator[tuple[str, str]], more: str) -> str:
    problems: dict[str, list[str]] = {}
    for name, path in pages:
        answer = page.goto(f"{site}{path}")
        assert answer is not None
        assert answer.status == 200, f"{name}: {answer.status}"
        assert page.locator("h1").count() == 1, name
        problems |= looks.problems(page, f"{name} {more}", looks.schemes(more))
    return "\n".join(f"{name} {what}" for name, what in problems.items())


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_ones_own_pages_can_be_used_by_everybody(
    open_context: Open, site: str, story: Story, language: str
) -> None:
    phone = open_context(**{**PHONE, "locale": language, "reduced_motion": "reduce"}).new_page()
    for pages in (_seats, _line):
        assert _looked_at(phone, site, pages(story), language) == ""
