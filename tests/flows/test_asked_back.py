"""A gift asked back: its giver asks, an organizer gives it or says why not. Never twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.models import Donation, LedgerEntry
from donations.services import refund_requests, settlement
from donations.services.links import gift_link
from events.models import Booking, Workshop
from events.services import access
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story, body


def _asked(story: Story, workshop: Workshop) -> tuple[Donation, str]:
    """Give, give the seat back, and ask for the money; mails so far are gone."""
    donation = story.give(workshop)
    assert donation.booking is not None
    own = f"/b/{access.booking_link(donation.booking)}/"
    assert "I ask for it back" in story.page(own)
    assert story.client.post(f"{own}cancel/", {"gift": "ask"}).status_code == 302
    donation.refresh_from_db()
    assert donation.refund_asked_at is not None
    story.mails()
    return donation, own


def _organizer(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _post(user: User, donation: Donation, action: str, **typed: str) -> Any:
    return _organizer(user).post(f"/organize/refunds/{donation.public_id}/{action}/", typed)


def _refunds(donation: Donation) -> list[int]:
    rows = LedgerEntry.objects.filter(donation=donation, kind="refund").order_by("pk")
    return list(rows.values_list("amount_minor", flat=True))


def test_the_gift_stays_where_nothing_else_is_chosen(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop)
    assert donation.booking is not None
    own = f"/b/{access.booking_link(donation.booking)}/"
    story.client.post(f"{own}cancel/")
    donation.refresh_from_db()
    assert (donation.purpose, donation.refund_asked_at) == ("gift", None)
    # Whoever thinks better of it can still ask, and take that back, too.
    assert "I need the money back" in story.page(own)
    ask = f"{own}ask-back/{donation.public_id}/"
    for typed, asked in [({}, True), ({"gift": "leave"}, False)]:
        assert story.client.post(ask, typed).status_code == 302
        donation.refresh_from_db()
        assert (donation.refund_asked_at is not None) is asked


def test_an_organizer_gives_back_what_was_asked_for_once(
    story: Story, workshop: Workshop, alice: User
) -> None:
    donation, own = _asked(story, workshop)
    assert "You asked for it back" in story.page(own)
    dashboard = _organizer(alice).get("/organize/").content.decode()
    assert "asks for $20.00 back" in dashboard
    assert f"/organize/refunds/{donation.public_id}/give-back/" in dashboard

    for _ in range(2):  # A double click gives back once.
        assert _post(alice, donation, "give-back")["Location"] == "/organize/"
    story.webhooks(donation)
    assert _refunds(donation) == [2000]
    assert story.total(workshop.campaign).raised.minor == 0
    assert "asks for" not in _organizer(alice).get("/organize/").content.decode()
    (mail,) = story.mails()
    assert (mail["To"], "$20.00" in body(mail)) == ("dora@example.org", True)
    assert "given back in full" in story.page(own)


def test_an_organizer_leaves_it_as_a_gift_and_says_why(
    story: Story, workshop: Workshop, alice: User
) -> None:
    donation, own = _asked(story, workshop)
    refused = _post(alice, donation, "decline", reason="")
    assert refused.status_code == 422
    assert story.mails() == []
    reason = "It was sent on <b>yesterday</b>."
    assert _post(alice, donation, "decline", reason=reason).status_code == 302
    (mail,) = story.mails()
    assert mail["To"] == "dora@example.org"
    assert reason in body(mail)
    assert "&lt;b&gt;" in body(mail, "html")
    assert "It was sent on &lt;b&gt;yesterday&lt;/b&gt;." in story.page(own)
    assert story.total(workshop.campaign).raised.minor == 2000
    # It is answered: neither asked again, nor given back by a page that was left open.
    story.client.post(f"{own}ask-back/{donation.public_id}/")
    _post(alice, donation, "give-back")
    story.webhooks(donation)
    assert _refunds(donation) == []


def test_what_was_partly_refunded_goes_back_with_the_rest(
    story: Story, workshop: Workshop, alice: User
) -> None:
    donation, _own = _asked(story, workshop)
    story.sandbox.refund(charge=donation.charge_id, amount=500)
    story.webhooks(donation)
    assert donation.net_minor == 1500
    _post(alice, donation, "give-back")
    story.webhooks(donation)
    assert _refunds(donation) == [500, 1500]


def test_dying_between_the_refund_and_our_rows_loses_and_doubles_nothing(
    story: Story, workshop: Workshop, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation, _own = _asked(story, workshop)

    def killed(*_: object, **__: object) -> None:
        raise settlement.BusyError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(settlement, "apply", killed)
        answer = _post(alice, donation, "give-back")
    assert answer.status_code == 503
    assert "We cannot tell whether it worked" in answer.content.decode()
    donation.refresh_from_db()
    assert (donation.net_minor, _refunds(donation)) == (2000, [])

    assert _post(alice, donation, "give-back").status_code == 302
    assert _refunds(donation) == [2000]
    story.webhooks(donation)
    assert _refunds(donation) == [2000]


def test_after_dying_stripes_word_alone_brings_it_home(
    story: Story, workshop: Workshop, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    donation, _own = _asked(story, workshop)
    with monkeypatch.context() as patch:
        patch.setattr(settlement, "_TRIES", 0)
        assert _post(alice, donation, "give-back").status_code == 503
    story.webhooks(donation)
    assert _refunds(donation) == [2000]


@pytest.mark.parametrize("how", ["500", "reset", "after"])
def test_stripe_in_silence_is_a_page_to_try_again(
    story: Story, workshop: Workshop, alice: User, how: str
) -> None:
    """Also where Stripe gave the money back and only its answer was lost ("after")."""
    donation, _own = _asked(story, workshop)
    story.sandbox.fail_next(1, how=how, path="/v1/refunds")
    assert _post(alice, donation, "give-back").status_code == 503
    donation.refresh_from_db()
    assert refund_requests.is_open(donation)
    assert _post(alice, donation, "give-back").status_code == 302
    story.webhooks(donation)
    assert _refunds(donation) == [2000]


@pytest.mark.parametrize("action", ["give-back", "decline"])
def test_others_may_not_answer(
    story: Story, workshop: Workshop, bob: User, charlie: User, action: str
) -> None:
    donation, _own = _asked(story, workshop)
    for user, status in ((bob, 403), (charlie, 404)):
        assert _post(user, donation, action, reason="No.").status_code == status
    path = f"/organize/refunds/{donation.public_id}/{action}/"
    assert story.client.post(path)["Location"].startswith("/accounts/login/")
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    donation.refresh_from_db()
    assert refund_requests.is_open(donation)
    assert "/give-back/" not in _organizer(bob).get("/organize/").content.decode()


def test_a_gift_without_a_seat_is_asked_back_on_its_own_page(
    story: Story, workshop: Workshop, alice: User
) -> None:
    donation = story.give(workshop.campaign)
    own = f"/g/{gift_link(donation)}/"
    assert "Ask for it back" in story.page(own)
    story.client.post(f"{own}ask-back/")
    donation.refresh_from_db()
    assert refund_requests.is_open(donation)
    _post(alice, donation, "give-back")
    assert _refunds(donation) == [2000]


def test_control_money_that_holds_a_seat_cannot_be_asked_back(
    story: Story, workshop: Workshop, alice: User
) -> None:
    donation = story.give(workshop)
    assert donation.booking is not None
    own = f"/b/{access.booking_link(donation.booking)}/"
    story.client.post(f"{own}ask-back/{donation.public_id}/")
    _post(alice, donation, "give-back")
    donation.refresh_from_db()
    assert (donation.refund_asked_at, _refunds(donation)) == (None, [])
    assert Booking.objects.get().state == "confirmed"


def _late(story: Story) -> tuple[Donation, Workshop, str]:
    """Let a giver pay when the only seat is somebody else's; return the payer's own page too."""
    workshop = make_workshop(make_campaign(), capacity=1, waiting_list=False)
    donation = story.register(workshop, name="Zoe", email="zoe@example.org")
    story.sandbox.expire(donation.session_id)
    story.webhooks(donation)
    story.give(workshop, name="Victor", email="victor@example.org")
    story.sandbox.pay(donation.session_id, outcome="late")
    story.webhooks(donation)
    story.mails()
    assert donation.booking is not None
    return donation, workshop, f"/b/{access.booking_link(donation.booking)}/"


def test_late_money_takes_a_seat_that_is_free_again(story: Story) -> None:
    donation, workshop, own = _late(story)
    assert "Take the seat" not in story.page(own)
    story.client.post(f"{own}take-seat/")
    assert "Somebody else was quicker" in story.page(own)

    victor = Booking.objects.get(email="victor@example.org")
    story.client.post(f"/b/{access.booking_link(victor)}/cancel/")
    assert "Take the seat" in story.page(own)
    for _ in range(2):
        assert story.client.post(f"{own}take-seat/").status_code == 302
    assert Booking.objects.get(pk=donation.booking_id).state == "confirmed"
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1
    assert [mail["To"] for mail in story.mails()].count("zoe@example.org") == 1
    assert "Your ticket" in story.page(own)


@pytest.mark.parametrize(("action", "raised"), [("give-back", 2000), ("decline", 4000)])
def test_an_organizer_answers_for_late_money(story: Story, action: str, raised: int) -> None:
    donation, workshop, _own = _late(story)
    admin = User.objects.create_superuser("root", "root@example.org")
    page = _organizer(admin).get("/organize/").content.decode()
    assert f"/organize/refunds/{donation.public_id}/{action}/" in page
    assert _post(admin, donation, action).status_code == 302
    story.webhooks(donation)
    assert Booking.objects.get(pk=donation.booking_id).state == "cancelled"
    assert story.total(workshop.campaign).raised.minor == raised
