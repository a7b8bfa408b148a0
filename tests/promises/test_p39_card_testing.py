"""Promise 39. Card testing: limits count unpaid or declined sessions, in PostgreSQL, so that an
office behind one address can register: 18,000 attempts from one address yield ≤ 10 such sessions an
hour; ≤ 3 open sessions an e-mail address; a proof-of-work challenge appears when declines spike
(without JavaScript: a mailed link)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services import checkout, invariants
from donations.services.abuse import limits
from events.models import Booking, Campaign, Workshop
from tests.support.cast import give_form, make_campaign, make_gift
from tests.support.clock import Clock
from tests.support.threads import together

ATTEMPTS = 18_000
HOURS = 3
MOST = 10


@pytest.fixture(autouse=True)
def limited(settings: Any) -> None:
    """The limits as they are where nothing is set."""
    settings.LIMITS = replace(
        settings.LIMITS, unpaid_sessions_per_hour=MOST, open_sessions_per_address=3
    )


def attempt(campaign: Campaign, *, client: str = "one", email: str = "") -> Donation | None:
    """Write an attempt as checkout does, without Stripe; None where the limits refuse it."""
    gift = replace(make_gift(**({"email": email} if email else {})), client_hash=client)
    try:
        return checkout._hold(campaign, None, gift, uuid.uuid4(), None)
    except limits.TooManyError:
        return None


def most_in_an_hour(client: str) -> int:
    """Return the largest number of a client's unpaid sessions that began within one hour."""
    times = sorted(
        Donation.objects.filter(client_hash=client)
        .exclude(state="paid")
        .values_list("created_at", flat=True)
    )
    return max(sum(one <= late < one + limits.HOUR for late in times) for one in times)


def hammer(campaign: Campaign, clock: Clock) -> int:
    """Try 18,000 times within three hours, from one client; return how many got a session."""
    step = timedelta(hours=HOURS) / ATTEMPTS
    got = 0
    for _ in range(ATTEMPTS // 100):
        clock.advance(100 * step)
        # A refusal changes nothing, so that all hundred of a moment but the first are alike.
        while attempt(campaign) is not None:
            got += 1
    return got


@pytest.mark.django_db
def test_18000_attempts_of_one_client_begin_ten_payments_an_hour(clock: Clock) -> None:
    campaign = make_campaign()
    assert MOST <= hammer(campaign, clock) <= MOST * (HOURS + 1)
    assert most_in_an_hour("one") == MOST


@pytest.mark.django_db
def test_control_without_the_count_they_begin_more(
    clock: Clock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = make_campaign()
    monkeypatch.setattr(limits, "_of_client", lambda client: [])
    for _ in range(MOST + 1):
        assert attempt(campaign) is not None
    assert most_in_an_hour("one") > MOST


@pytest.mark.django_db
def test_paid_ones_do_not_count_and_declined_ones_do(clock: Clock, broken_on_purpose: None) -> None:
    campaign = make_campaign()
    for number in range(4 * MOST):
        made = attempt(campaign)
        assert made is not None
        paid = {"state": "paid", "charge_id": f"ch_{number}", "paid_at": clock.now()}
        Donation.objects.filter(pk=made.pk).update(**paid)
    for state in ["failed", "expired"] * (MOST // 2):
        made = attempt(campaign)
        assert made is not None
        Donation.objects.filter(pk=made.pk).update(state=state)
    assert attempt(campaign) is None
    assert attempt(campaign, client="another") is not None


@pytest.mark.django_db
def test_three_open_payments_an_address_until_one_ends(clock: Clock) -> None:
    campaign = make_campaign()
    made = [attempt(campaign, client=str(n), email="Dora@example.org") for n in range(3)]
    assert None not in made
    assert attempt(campaign, client="4", email="dora@EXAMPLE.org") is None
    Donation.objects.filter(pk=made[0].pk).update(state="expired")  # type: ignore[union-attr]
    assert attempt(campaign, client="4", email="dora@example.org") is not None
    assert attempt(campaign, client="5", email="dora@example.org") is None
    clock.advance(checkout.SESSION_TIME + timedelta(seconds=1))
    assert attempt(campaign, client="5", email="dora@example.org") is not None


def _race(work: Callable[[], object], left: int) -> int:
    """Let 8 threads try for the ``left`` last ones at one moment; return how many got one."""
    assert left < 8
    return sum(one is not None for one in together(8, work))


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_get_through(clock: Clock) -> None:
    campaign = make_campaign()
    for _ in range(MOST - 2):
        attempt(campaign)
    assert _race(lambda: attempt(campaign), 2) == 2
    assert most_in_an_hour("one") == MOST


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_control_a_count_without_the_lock_is_overrun(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:

    campaign = make_campaign()
    for _ in range(MOST - 2):
        attempt(campaign)
    everybody_counted = threading.Barrier(8)

    def count_only(*, client_hash: str, email: str) -> None:
        limits.check(client_hash=client_hash, email=email)
        everybody_counted.wait(30)

    monkeypatch.setattr(limits, "take", count_only)
    assert _race(lambda: attempt(campaign), 2) == 8
    assert most_in_an_hour("one") > MOST


@pytest.mark.django_db(transaction=True)
def test_who_is_stopped_is_told_what_to_do_and_loses_nothing(
    client: Client, workshop: Workshop, sandbox: object, settings: Any
) -> None:
    settings.LIMITS = replace(settings.LIMITS, unpaid_sessions_per_hour=2)
    path = f"/c/{workshop.campaign.slug}/{workshop.slug}/"
    typed = [give_form(email=f"p{n}@example.org", message="Well done") for n in range(3)]

    def send(number: int, language: str = "en") -> Any:
        # What a visitor writes into the header himself changes nothing (PROMISES.md 41).
        spoofed = {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.0.{number}"}
        return client.post(path, typed[number], headers={"Accept-Language": language, **spoofed})

    assert [send(n).status_code for n in range(2)] == [302, 302]
    before = Booking.objects.count(), Donation.objects.count()
    answer = send(2)
    page = answer.content.decode()
    assert answer.status_code == 429
    assert 3500 < int(answer["Retry-After"]) <= 3601
    assert "That was a lot of tries" in page
    assert 'value="p2@example.org"' in page
    assert "Well done" in page
    assert "nous limitons" in send(2, "fr").content.decode()
    assert (Booking.objects.count(), Donation.objects.count()) == before
    assert send(1).status_code == 302  # the form that was sent already goes on

    made = Donation.objects.order_by("pk").first()
    assert made is not None
    sandbox.pay(made.session_id)  # type: ignore[attr-defined]
    checkout.settlement.apply(made.pk, gateway=for_workers())
    assert send(2).status_code == 302
    assert list(invariants.broken()) == []


@pytest.mark.django_db
def test_hashes_of_clients_are_forgotten_after_a_day(clock: Clock) -> None:
    made = attempt(make_campaign())
    assert made is not None
    assert limits.forget_clients() == 0
    clock.advance(limits.KEPT)
    assert limits.forget_clients() == 1
    made.refresh_from_db()
    assert made.client_hash == ""
