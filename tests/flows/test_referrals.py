"""Links with totals of their own: carried from page to page without a cookie, counted by money."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services import referral_totals
from donations.services.person import erasing, personal_data
from events.models import Campaign, Person, Referral, Workshop
from tests.flows.test_own_words import signed_in
from tests.support.cast import give_form, make_campaign
from tests.support.story import Story, plain

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
