"""Addresses, domains and networks that an admin blocked: a polite no at every form."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from donations.models import BlockedVisitor, Donation
from donations.services.abuse import blocking
from donations.services.person import erasing
from events.models import Booking, Campaign, Person
from tests.support.cast import give_form, make_workshop
from tests.support.outbox import seat

pytestmark = pytest.mark.django_db


def block(kind: str, value: str) -> BlockedVisitor:
    """Block as the admin's form does."""
    value = blocking.tidied(kind, value)
    known = blocking.hash_of(kind, value)
    return BlockedVisitor.objects.create(kind=kind, value=value, value_hash=known, reason="Test")


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("address", "Dora@Shop.Example.org", "refused"),
        ("address", "eli@example.org", "let in"),
        ("domain", "@example.org", "refused"),
        ("domain", "ample.org", "let in"),
        ("network", "127.0.0.1", "refused"),
        ("network", "127.0.0.0/8", "refused"),
        ("network", "2001:db8::/32", "let in"),
    ],
)
def test_what_is_blocked(kind: str, value: str, wanted: str) -> None:
    block(kind, value)
    answer = "let in"
    try:
        blocking.refuse(email="DORA@shop.example.org", client="127.0.0.1")
    except blocking.BlockedError:
        answer = "refused"
    assert answer == wanted
    with pytest.raises(ValidationError):
        blocking.tidied(kind, "no such thing")


def test_every_form_says_no_and_keeps_nothing(client: Client, campaign: Campaign) -> None:
    shop = make_workshop(campaign, zero_allowed=True)
    full = make_workshop(campaign, waiting_list=True, capacity=1)
    seat(full, 1)
    block("domain", "example.org")
    before = Booking.objects.count()
    path = f"/c/{campaign.slug}/"
    sent: list[tuple[str, dict[str, Any]]] = [
        (f"{path}give/", give_form()),
        (f"{path}{shop.slug}/", give_form()),
        (f"{path}{shop.slug}/", give_form(amount="other", other_amount="0")),
        (f"{path}{full.slug}/wait/", {"name": "Dora", "email": "dora@example.org"}),
    ]
    for place, form in sent:
        answer = client.post(place, form)
        assert (answer.status_code, "not taken here" in answer.content.decode()) == (403, True)
    assert (Booking.objects.count(), Donation.objects.count()) == (before, 0)
    waiting = {"name": "Dora", "email": "dora@example.com"}
    assert client.post(f"{path}{full.slug}/wait/", waiting).status_code == 200


def test_an_admin_writes_a_block_with_its_reason(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=alice.pk))
    page = "/admin/donations/blockedvisitor/add/"
    typed = {"kind": "network", "value": "203.0.113.7/24", "reason": "Card testing"}
    assert client.post(page, typed).status_code == 302
    row = BlockedVisitor.objects.get()
    assert (row.value, row.reason, row.blocked_by) == ("203.0.113.0/24", "Card testing", alice)
    assert "blocked already" in client.post(page, typed).content.decode()
    answer = client.post(page, {**typed, "value": "nonsense"})
    assert "203.0.113.0/24 or 2001:db8::/32" in answer.content.decode()
    deleting = client.post(f"/admin/donations/blockedvisitor/{row.pk}/delete/", {"post": "yes"})
    assert deleting.status_code == 302
    assert not BlockedVisitor.objects.exists()


def test_the_block_of_an_erased_address_goes_on_without_it(sandbox: object) -> None:
    row = block("address", "dora@example.org")
    erasing.erase(Person.objects.create(email="dora@example.org"), gateway=None)
    row.refresh_from_db()
    assert (row.value, row.reason) == ("", "")
    with pytest.raises(blocking.BlockedError):
        blocking.refuse(email="dora@example.org", client="127.0.0.1")


@pytest.mark.parametrize(
    ("blocked", "address", "wanted"),
    [
        ("école.example", "dora@xn--cole-9oa.example", "refused"),
        ("xn--cole-9oa.example", "dora@ÉCOLE.example", "refused"),
        ("école.example", "dora@mail.école.example", "refused"),
        ("straße.example", "dora@xn--strae-oqa.example", "refused"),
        ("straße.example", "dora@strasse.example", "let in"),
        ("strasse.example", "dora@straße.example", "let in"),
        ("cole.example", "dora@école.example", "let in"),
        ("example.org.", "dora@example.org", "refused"),
    ],
)
def test_a_domain_is_the_same_however_it_is_written(
    blocked: str, address: str, wanted: str
) -> None:
    block("domain", blocked)
    answer = "let in"
    try:
        blocking.refuse(email=address, client="127.0.0.1")
    except blocking.BlockedError:
        answer = "refused"
    assert answer == wanted


def test_an_address_is_the_same_however_its_domain_is_written() -> None:
    block("address", "Dora@École.example")
    with pytest.raises(blocking.BlockedError):
        blocking.refuse(email="dora@xn--cole-9oa.example", client="127.0.0.1")
    blocking.refuse(email="eli@xn--cole-9oa.example", client="127.0.0.1")
    blocking.forget_address("dora@école.example")
    assert BlockedVisitor.objects.get().value == ""
