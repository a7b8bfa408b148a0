"""Promise 16. 2xx only after the event row is committed; killed at any instruction, Stripe's
redelivery succeeds. The points of checkout are here, too: redelivery there is the visitor's retry,
or the sweeper."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Donation, LedgerEntry, StripeEvent
from donations.services import inbox, invariants, sweeper
from events.models import Booking, Message, Workshop
from tests.support.cast import deliver, deliver_all, give_form, make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.killing import killed_command, wait_for_killed_worker
from tests.support.race import Call, at_once, form
from tests.support.site import StartProcess, wait_for

INTAKE = ("intake:verified", "intake:stored", "intake:committed")
CHECKOUT = ("checkout:held", "checkout:session_created", "checkout:opened")
APPLY = ("apply:fetched", "apply:locked", "apply:posted", "apply:advanced", "apply:committed")
#: tests/promises/test_kill_points.py holds these against what is declared.
POINTS = (*INTAKE, *CHECKOUT, *APPLY)

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def workshop(transactional_db: None) -> Workshop:
    """A workshop with two seats."""
    return make_workshop(make_campaign(), capacity=2)


def armed(start_web: StartProcess, point: str) -> Any:
    """Start the real web server; it dies where it reaches the point."""
    return start_web(FAILPOINT=f"{point}:kill", WEB_WORKERS="1", WEB_THREADS="2")


def path_of(workshop: Workshop) -> str:
    return f"/c/{workshop.campaign.slug}/{workshop.slug}/"


def paid(client: Client, workshop: Workshop, sandbox: Any) -> Donation:
    """Register and pay; no webhook has come yet."""
    assert client.post(path_of(workshop), give_form()).status_code == 302
    donation = Donation.objects.get()
    assert sandbox.pay(donation.session_id)["status"] == "succeeded"
    return donation


def one_effect() -> dict[str, int]:
    """Return what a payment that was applied once leaves; counted by kind."""
    kinds = Counter(LedgerEntry.objects.values_list("kind", flat=True))
    kinds.update(Message.objects.values_list("kind", flat=True))
    kinds.update(f"booking {state}" for state in Booking.objects.values_list("state", flat=True))
    kinds.update(f"donation {state}" for state in Donation.objects.values_list("state", flat=True))
    return dict(kinds)


ONCE = {"gift": 1, "fee": 1, "confirmation": 1, "booking confirmed": 1, "donation paid": 1}


def acknowledged_but_lost(status: int, event_id: str) -> list[str]:
    """Return the event if it was answered 2xx though its row is not there."""
    lost = 200 <= status < 300 and not StripeEvent.objects.filter(event_id=event_id).exists()
    return [event_id] if lost else []


@pytest.mark.parametrize("point", INTAKE)
def test_a_killed_intake_acknowledged_nothing_and_redelivery_succeeds(
    point: str, client: Client, workshop: Workshop, sandbox: Any, start_web: Any
) -> None:
    paid(client, workshop, sandbox)
    waiting = sandbox.deliveries()
    completed = next(one for one in waiting if one["type"] == "checkout.session.completed")
    web = armed(start_web, point)

    answer = at_once(web.url, [_call(completed)])[0]
    wait_for_killed_worker(web, point)
    web.stop()

    assert answer.status == 0  # the connection broke: Stripe will deliver again
    assert StripeEvent.objects.count() == (0 if point == "intake:verified" else 1)
    assert set(deliver_all(client, sandbox.deliveries())) == {200}
    inbox.apply_pending(gateway=for_workers())
    assert StripeEvent.objects.filter(event_id=completed["event"]).count() == 1
    assert one_effect() == ONCE


def _call(delivery: dict[str, Any]) -> Call:
    """A delivery of the sandbox as a request to the real server."""
    path = "/" + delivery["url"].split("/", 3)[3]
    return Call(path, body=delivery["body"].encode(), headers=delivery["headers"])


@pytest.mark.parametrize("recovery", ["retry", "sweeper"])
@pytest.mark.parametrize("point", CHECKOUT)
def test_a_killed_checkout_keeps_its_seat_and_gets_one_session(
    *,
    point: str,
    recovery: str,
    client: Client,
    workshop: Workshop,
    sandbox: Any,
    start_web: Any,
    clock: Clock,
) -> None:
    filled = give_form()
    web = armed(start_web, point)
    answer = at_once(web.url, [form(path_of(workshop), filled)])[0]
    wait_for_killed_worker(web, point)
    web.stop()
    assert answer.status == 0
    assert list(invariants.broken()) == []
    assert Booking.objects.get().state == "held"  # in the database before Stripe was asked

    if recovery == "retry":
        answer = client.post(path_of(workshop), filled)
        assert answer.status_code == 302
        assert answer["Location"].startswith(settings.STRIPE_API_BASE)
    else:
        clock.advance(minutes=5)
        sweeper.sweep(gateway=for_workers())

    donation = Donation.objects.get()
    assert (donation.state, Booking.objects.get().state) == ("open", "held")
    assert [one["id"] for one in _sessions()] == [donation.session_id]
    sandbox.pay(donation.session_id)
    deliver_all(client, sandbox.deliveries())
    inbox.apply_pending(gateway=for_workers())
    assert one_effect() == ONCE


def _sessions() -> list[dict[str, Any]]:
    """Return every session that Stripe has."""
    found: list[dict[str, Any]] = httpx.get(
        f"{settings.STRIPE_API_BASE}/v1/checkout/sessions",
        headers={"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"},
        trust_env=False,
    ).json()["data"]
    return found


@pytest.mark.parametrize("point", APPLY)
def test_a_killed_apply_leaves_all_or_nothing_and_is_done_once_afterwards(
    point: str, client: Client, workshop: Workshop, sandbox: Any, clock: Clock
) -> None:
    paid(client, workshop, sandbox)
    assert set(deliver_all(client, sandbox.deliveries())) == {200}

    killed_command("drain", point)

    assert list(invariants.broken()) == []
    assert one_effect() == (
        ONCE if point == "apply:committed" else {"booking held": 1, "donation open": 1}
    )
    clock.advance(minutes=5)  # the dead process’s claim on the event ends
    inbox.apply_pending(gateway=for_workers())
    assert one_effect() == ONCE
    assert not StripeEvent.objects.filter(applied_at=None).exists()


def test_a_worker_whose_child_is_killed_while_applying_loses_nothing(
    client: Client, workshop: Workshop, sandbox: Any, start_process: StartProcess, clock: Clock
) -> None:
    paid(client, workshop, sandbox)
    worker = start_process("worker", FAILPOINT="apply:posted:kill")
    wait_for(lambda: "ready" in worker.output(), seconds=40, what="the worker's start")
    assert set(deliver_all(client, sandbox.deliveries())) == {200}  # these wake the worker
    wait_for(lambda: "SIGKILL" in worker.output(), seconds=40, what="the kill")
    worker.stop()
    assert one_effect() == {"booking held": 1, "donation open": 1}
    clock.advance(minutes=5)
    inbox.apply_pending(gateway=for_workers())
    assert one_effect() == ONCE


def test_control_an_answer_before_the_commit_is_seen(
    client: Client, workshop: Workshop, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(client, workshop, sandbox)
    delivery = sandbox.deliveries()[0]
    assert acknowledged_but_lost(0, delivery["event"]) == []
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "receive", lambda event: True)  # "will be stored soon"
        status = deliver(client, delivery)
    assert acknowledged_but_lost(status, delivery["event"]) == [delivery["event"]]
    assert acknowledged_but_lost(deliver(client, delivery), delivery["event"]) == []
