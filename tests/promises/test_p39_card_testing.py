"""Promise 39. Card testing: limits count unpaid or declined sessions, in PostgreSQL, so that an
office behind one address can register: 18,000 attempts from one address yield ≤ 10 such sessions an
hour; ≤ 3 open sessions an e-mail address; a proof-of-work challenge appears when declines spike
(without JavaScript: a mailed link)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services import checkout, invariants
from donations.services.abuse import limits, puzzles
from events.models import Booking, Campaign, Workshop
from tests.support.cast import give_form, make_campaign, make_gift
from tests.support.clock import Clock
from tests.support.story import Story, body
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


def solve(page: str) -> dict[str, str]:
    """Return the fields of the page's form, its task solved as static/js/prove.js does."""
    fields = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    }
    task = {
        name: unescape(value)
        for name, value in re.findall(r'data-(\w+)="([^"]*)"', page[page.index("data-prove") :])
    }
    for number in range(int(task["maximum"]) + 1):
        if hashlib.sha256(f"{task['salt']}{number}".encode()).hexdigest() == task["challenge"]:
            kept = {name: task[name] for name in ("algorithm", "challenge", "salt", "signature")}
            text = json.dumps({**kept, "number": number})
            return {**fields, "solved": base64.b64encode(text.encode()).decode()}
    raise AssertionError(task)


def decline(campaign: Campaign, count: int, clock: Clock) -> None:
    """Let so many payments of a campaign be declined just now."""
    for number in range(count):
        made = attempt(campaign, client=f"tester {number}")
        assert made is not None
        rows = Donation.objects.filter(pk=made.pk)
        rows.update(decline_code="card_declined", checked_at=clock.now())


@pytest.fixture
def attacked(campaign: Campaign, clock: Clock, settings: Any, sandbox: object) -> Campaign:
    """A campaign at which three cards were declined just now, where three are too many."""
    settings.LIMITS = replace(settings.LIMITS, puzzle_after_declines=3, mails_before_payment=3)
    decline(campaign, 3, clock)
    return campaign


@pytest.mark.django_db
def test_a_spike_of_declines_asks_for_a_proof_and_ends(
    attacked: Campaign, clock: Clock, settings: Any
) -> None:
    other = make_campaign(title="Another one")
    assert puzzles.is_asked(attacked)
    assert not puzzles.is_asked(other)
    decline(attacked, 6, clock)
    assert puzzles.is_asked(other)  # the whole site is meant
    clock.advance(puzzles.WINDOW)
    assert not puzzles.is_asked(attacked)


@pytest.mark.django_db
def test_a_browser_that_does_the_work_goes_on_to_paying(attacked: Campaign, clock: Clock) -> None:
    visitor, path, typed = Client(), f"/c/{attacked.slug}/give/", give_form(message="Well done")
    asked = visitor.post(path, typed)
    assert asked.status_code == 428
    made = Donation.objects.count()
    solved = solve(asked.content.decode())
    assert solved["message"] == "Well done"
    for wrong in (
        {**solved, "email": "another@example.org"},  # it is good for this very gift alone
        {**solved, "solved": solved["solved"][:-8]},
        {**solved, "solved": base64.b64encode(b'{"salt": 5}').decode()},
        {**solved, "mailed": "nonsense"} | {"solved": ""},
    ):
        assert visitor.post(path, wrong).status_code == 428
    clock.advance(puzzles.LASTS)
    decline(attacked, 3, clock)
    assert visitor.post(path, solved).status_code == 428  # too late
    assert Donation.objects.count() == made + 3
    assert visitor.post(path, solve(visitor.post(path, typed).content.decode())).status_code == 302


@pytest.mark.django_db
def test_without_javascript_a_mailed_link_goes_on(attacked: Campaign, story: Story) -> None:
    path, typed = f"/c/{attacked.slug}/give/", give_form(message="Well done")
    page = story.client.post(path, {**typed, "by_mail": "yes"}).content.decode()
    assert "We have written to dora@example.org" in page
    (mail,) = story.mails()
    link = re.search(r"http\S+(/finish/\S+/)", body(mail))
    assert link is not None
    page = story.client.get(link[1]).content.decode()
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    going_on = {name: unescape(value) for name, value in fields}
    assert story.client.post(path, {**going_on, "amount": "5000"}).status_code == 428
    assert story.client.post(path, going_on).status_code == 302
    assert Donation.objects.latest("pk").message == "Well done"
    assert story.client.get(f"{link[1][:-3]}xx/").status_code == 404


@pytest.mark.django_db
def test_control_who_need_not_prove_anything_goes_on_at_once(
    attacked: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puzzles, "is_solved", lambda text, nonce: True)
    assert Client().post(f"/c/{attacked.slug}/give/", give_form()).status_code == 302
