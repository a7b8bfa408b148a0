"""Links with totals of their own: carried from page to page without a cookie, counted by money."""

from __future__ import annotations

import re
import uuid
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import moving, referral_totals
from donations.services.person import erasing, personal_data
from events.models import Booking, Campaign, Person, Referral, Workshop
from events.services import access
from events.services.seating import free_seats, waiting_list
from tests.flows.test_own_words import signed_in
from tests.support.cast import give_form, make_campaign, make_workshop
from tests.support.story import Story, address, plain

UTM = "utm_source=news&utm_medium=mail&utm_campaign=may"


@pytest.fixture
def choir(campaign: Campaign) -> Referral:
    return Referral.objects.create(campaign=campaign, code="choir", label="The choir")


def links_of(page: str, path: str) -> set[str]:
    return {unescape(one) for one in re.findall(r'href="([^"]+)"', page) if path in one}


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the give form."""
    form = page[page.index("data-give-form") :]
    found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', form)
    return dict(found)


def test_a_link_is_carried_without_cookies_to_the_gift_and_survives_an_error(
    story: Story, campaign: Campaign, workshop: Workshop, choir: Referral
) -> None:
    query = f"?via=choir&{UTM}"
    page = story.page(f"/c/{campaign.slug}/{query}")
    address = f"/c/{campaign.slug}/{workshop.slug}/"
    assert links_of(page, address) == {f"{address}{query}"}
    assert f"/c/{campaign.slug}/give/{query}" in links_of(page, "/give/")
    page = story.page(f"{address}{query}")
    assert not story.client.cookies
    known = fields(page)
    assert (known["via"], known["utm_source"]) == ("choir", "news")
    wrong = story.client.post(address, give_form(**{**known, "email": "no"}))
    assert wrong.status_code == 422
    assert fields(wrong.content.decode()) == known
    paid = story.give(workshop, **known)
    assert paid.referral == choir
    assert paid.utm == {"source": "news", "medium": "mail", "campaign": "may"}


def test_a_page_without_a_query_stays_the_same_for_everybody(
    story: Story, campaign: Campaign, workshop: Workshop
) -> None:
    address = f"/c/{campaign.slug}/{workshop.slug}/"
    assert "choir" in story.page(f"{address}?via=choir")
    client = Client()
    first, second = (client.get(address).content.decode() for _ in range(2))
    assert "via" not in fields(first)
    assert fields(first).keys() == fields(second).keys()


@pytest.mark.parametrize("via", ["nobody", "i-", "i-0123", "%00", "x" * 300, "';--", "other"])
def test_what_no_link_says_refuses_no_gift(
    story: Story, workshop: Workshop, choir: Referral, via: str
) -> None:
    Referral.objects.create(campaign=make_campaign(), code="other", label="Another campaign’s")
    odd = "\x00a\n" + "é" * 300
    donation = story.register(workshop, via=via, utm_source=odd)
    assert donation.referral is None
    assert donation.utm == {"source": "a" + "é" * 99}


def test_totals_are_what_is_left_of_the_gifts(
    story: Story, campaign: Campaign, workshop: Workshop, choir: Referral
) -> None:
    Workshop.objects.update(capacity=None)
    workshop.refresh_from_db()
    Referral.objects.create(campaign=campaign, code="radio", label="Radio")
    story.give(workshop, via="choir", amount="2000", email="a@example.org", utm_source="x")
    story.give(campaign, via="choir", amount="5000", email="A@example.org")
    story.give(campaign, amount="1000", email="b@example.org")
    story.register(workshop, via="choir", email="c@example.org")  # never paid
    found = referral_totals.of_campaign(campaign)
    shown = [(one.code, one.raised.minor, one.people, one.gifts) for one in found.links]
    assert shown == [("choir", 7000, 1, 2), ("radio", 0, 0, 0)]
    assert (found.others.raised.minor, found.others.people) == (1000, 1)
    assert [(one.label, one.raised.minor) for one in found.sources] == [("x", 2000)]
    assert found.invitations.gifts == 0
    # Control: nothing is counted twice, and nothing is left out.
    lines = [*found.links, found.invitations, found.others]
    net = sum(Donation.objects.values_list("net_minor", flat=True))
    assert sum(one.raised.minor for one in lines) == net == 8000


def _wait(story: Story, workshop: Workshop, **typed: Any) -> None:
    form = {"name": "Wanda", "email": "w@example.org", "nonce": str(uuid.uuid4()), "seats": "1"}
    answer = story.client.post(f"{address(workshop)}wait/", {**form, **typed})
    assert answer.status_code == 200, answer.content.decode()[:3000]


def test_who_waits_keeps_the_way_until_a_gift_follows(
    story: Story, campaign: Campaign, choir: Referral
) -> None:
    shop = make_workshop(campaign, capacity=1)
    first = story.give(shop, email="first@example.org")
    page = story.page(f"{address(shop)}?via=choir&utm_source=news")
    waits = page[page.index('id="wait"') :]
    assert '<input type="hidden" name="via" value="choir"' in waits
    _wait(story, shop, via="choir", utm_source="news")
    booking = Booking.objects.get(email="w@example.org")
    assert (booking.referral, booking.utm) == (choir, {"source": "news"})
    found = referral_totals.of_campaign(campaign)
    assert [(one.code, one.waiting, one.free, one.gifts) for one in found.links] == [
        ("choir", 1, 0, 0)
    ]
    assert [(one.label, one.waiting) for one in found.sources] == [("news", 1)]
    assert (found.others.waiting, found.others.gifts) == (0, 1)

    story.client.post(f"/b/{access.booking_link(first.booking)}/cancel/")
    waiting_list.offer(shop.pk)
    answer = story.client.post(f"/b/{access.booking_link(booking)}/seat/", give_form())
    paid = story.pay(Donation.objects.get(session_url=answer["Location"]))
    assert (paid.referral, paid.utm) == (choir, {"source": "news"})
    found = referral_totals.of_campaign(campaign)
    assert [(one.waiting, one.gifts, one.raised) for one in found.links] == [(0, 1, paid.amount)]


def test_free_seats_are_counted_by_link_but_never_where_others_carry_seats(
    story: Story, campaign: Campaign, choir: Referral, alice: User
) -> None:
    free = make_workshop(campaign, zero_allowed=True)
    zero = {"amount": "other", "other_amount": "0", "via": "choir", "utm_source": "news"}
    story.post(free, **zero, email="f@example.org")
    booking = Booking.objects.get(email="f@example.org")
    assert booking.referral == choir
    assert referral_totals.of_campaign(campaign).has_seats is False, "nobody proved the address"
    free_seats.confirm(booking.pk)
    found = referral_totals.of_campaign(campaign)
    assert [(one.free, one.waiting) for one in found.links] == [(1, 0)]
    assert [(one.label, one.free, one.raised.minor) for one in found.sources] == [("news", 1, 0)]
    shown = plain(signed_in(alice).get(path(campaign)).content.decode())
    assert "Free seats" in shown

    target = make_workshop(campaign)
    moved = moving.move(booking.pk, target.pk)
    assert (moved.referral, moved.utm) == (choir, {"source": "news"})
    assert referral_totals.of_campaign(campaign).links[0].free == 1
    Workshop.objects.filter(pk=target.pk).update(surplus_minimum_minor=500, surplus_seats=True)
    assert referral_totals.of_campaign(campaign).links[0].free == 0
    # A seat that others carry keeps no way at all.
    story.give(target, amount="5000", email="host@example.org")
    asked = {"name": "C", "email": "c@example.org", "nonce": str(uuid.uuid4())}
    story.client.post(f"{address(target)}carried-seat/", {**asked, "via": "choir"})
    seat = Booking.objects.get(email="c@example.org")
    assert (seat.referral, seat.utm) == (None, {})


def test_the_way_of_who_waits_is_told_and_erased(
    story: Story, campaign: Campaign, choir: Referral
) -> None:
    shop = make_workshop(campaign, moderated=True)
    _wait(story, shop, via="choir", utm_source="mum@example.org", email="d@example.org")
    person = Person.objects.create(email="d@example.org")
    (told,) = personal_data.of_person(person)["bookings"]
    assert told["came_by"] == {"link": "choir", "invitation": None, "source": "mum@example.org"}
    erasing.erase(person, gateway=for_visitors())
    booking = Booking.objects.get(workshop=shop)
    assert (booking.utm, booking.referral) == ({}, choir)


def path(campaign: Campaign) -> str:
    return f"/organize/campaigns/{campaign.public_id}/referrals/"


def make(user: User, campaign: Campaign, label: str, code: str = "") -> Any:
    return signed_in(user).post(path(campaign), {"label": label, "code": code})


def test_an_organizer_makes_links_and_nobody_else_does(
    campaign: Campaign, alice: User, bob: User, charlie: User
) -> None:
    assert make(alice, campaign, "Chœur d’été").status_code == 302
    made = Referral.objects.get()
    page = plain(signed_in(alice).get(path(campaign)).content.decode())
    assert f"/c/{campaign.slug}/?via={made.code}" in page
    for label, code in (("", "x"), ("Again", made.code), ("B", "Ö"), ("C", "i-x"), ("…", "")):
        answer = make(alice, campaign, label, code)
        assert answer.status_code == 422, (label, code)
        field = "label" if not label else "code"
        assert f'id="id_{field}_error"' in answer.content.decode()
    for user, status in ((bob, 403), (charlie, 404)):
        assert make(user, campaign, "Mine", "mine").status_code == status
        assert signed_in(user).get(path(campaign)).status_code == status
    assert Referral.objects.count() == 1


def test_the_way_is_told_to_its_giver_and_goes_when_they_are_erased(
    story: Story, workshop: Workshop, choir: Referral
) -> None:
    story.give(workshop, via="choir", utm_source="mum@example.org", email="d@example.org")
    person = Person.objects.create(email="d@example.org")
    (told,) = personal_data.of_person(person)["donations"]
    assert told["came_by"] == {"link": "choir", "invitation": None, "source": "mum@example.org"}
    erasing.erase(person, gateway=for_visitors())
    donation = Donation.objects.get()
    assert (donation.utm, donation.referral) == ({}, choir)
