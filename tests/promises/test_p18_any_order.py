"""Promise 18. All 720 orders of one payment's six events end in the same state."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from donations.gateway import EventReference
from donations.gateway.stripe import for_workers
from donations.models import CampaignTotal, Donation, LedgerEntry, StripeEvent
from donations.services import inbox, invariants
from events.models import Booking, Message, Workshop
from tests.support.cast import give_form, make_campaign, make_workshop

SIX = (
    "checkout.session.completed",
    "charge.updated",
    "refund.created",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
)
Delivery = dict[str, Any]
Step = Callable[[], object]


@pytest.fixture
def six(client: Client, sandbox: Any, db: None) -> list[Delivery]:
    """Six events of one payment of 20 dollars: paid, fee known, 5 refunded, disputed, won."""
    workshop = make_workshop(make_campaign(), capacity=2)
    client.post(f"/c/{workshop.campaign.slug}/{workshop.slug}/", give_form())
    donation = Donation.objects.get()
    sandbox.late_fees(on=True)
    sandbox.pay(donation.session_id)
    sandbox.release_fees()
    sandbox.refund(session=donation.session_id, amount=500)
    dispute = sandbox.post("dispute", session=donation.session_id, amount=1500)
    sandbox.dispute_close(dispute["id"], status="won")
    waiting = {one["type"]: one for one in sandbox.deliveries()}
    return [waiting[kind] for kind in SIX]


def state() -> dict[str, Any]:
    """Return everything that the events could have moved; ids and times of ours left out."""
    return {
        "donations": list(Donation.objects.values("state", "net_minor", "charge_id", "quarantine")),
        "bookings": list(Booking.objects.values("state", "seats")),
        "workshops": list(Workshop.objects.values("seats_taken")),
        "entries": sorted(
            LedgerEntry.objects.values_list("kind", "debit", "credit", "amount_minor", "source_id")
        ),
        "totals": list(
            CampaignTotal.objects.values(
                "gifts_minor", "fees_minor", "refunds_minor", "disputes_minor", "donors"
            )
        ),
        "mails": sorted(
            key.partition(":")[0] for key in Message.objects.values_list("key", flat=True)
        ),
        "unapplied": StripeEvent.objects.filter(applied_at=None).count(),
    }


def ends(steps: Sequence[Step]) -> Iterator[str]:
    """Yield the end of each order of the steps.

    Orders that begin alike share that beginning; behind it each goes on in a transaction that is
    undone, so that the next one starts from the same rows.
    """
    if not steps:
        yield json.dumps(state(), sort_keys=True)
    for number, step in enumerate(steps):
        with transaction.atomic():
            step()
            yield from ends([*steps[:number], *steps[number + 1 :]])
            transaction.set_rollback(True)


class Remembering:
    """The gateway, with Stripe's answer about one session kept: nothing moves there meanwhile."""

    def __init__(self) -> None:
        self._gateway = for_workers()
        self.fetch_payment = cache(self._gateway.fetch_payment)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)


def received(delivery: Delivery) -> EventReference:
    """Return the event of a signed delivery, verified as the webhook's view does."""
    signature = delivery["headers"]["Stripe-Signature"]
    return for_workers().read_delivery(delivery["body"].encode(), signature, connect=False)


def as_they_come(events: Sequence[EventReference]) -> list[Step]:
    """Each event is stored and applied before the next one comes."""
    gateway = Remembering()

    def step(event: EventReference) -> None:
        inbox.receive(event)
        inbox.apply_pending(gateway=gateway)

    return [partial(step, event) for event in events]


def all_waiting(events: Sequence[EventReference]) -> list[Step]:
    """All six are stored when the first one is applied."""
    for event in events:
        inbox.receive(event)
    rows = [StripeEvent.objects.get(event_id=event.id).pk for event in events]
    return [partial(inbox.apply_event, row, gateway=for_workers()) for row in rows]


@pytest.mark.parametrize("arriving", [as_they_come, all_waiting])
def test_every_order_ends_in_the_same_state(
    six: list[Delivery], arriving: Callable[[Sequence[EventReference]], list[Step]]
) -> None:
    found = Counter(ends(arriving([received(one) for one in six])))
    assert list(found.values()) == [720]
    end = json.loads(*found)
    assert end["donations"][0]["state"] == "paid"
    assert end["donations"][0]["net_minor"] == 1500
    assert end["bookings"] == [{"state": "confirmed", "seats": 1}]
    assert [row[0] for row in end["entries"]].count("gift") == 1
    assert end["unapplied"] == 0
    assert list(invariants.broken()) == []


def _believing(event: StripeEvent, minor: dict[str, int]) -> None:
    """An apply that takes what the last event says for the state."""
    if event.type in minor:
        Donation.objects.update(net_minor=minor[event.type])


def test_control_an_apply_that_believes_the_payloads_order_is_seen(
    six: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {
        "checkout.session.completed": 2000,
        "charge.refunded": 1500,
        "charge.dispute.created": 0,
        "charge.dispute.closed": 1500,
    }
    real = inbox.apply_event

    def weakened(event_pk: int, *, gateway: Any) -> bool:
        done = real(event_pk, gateway=gateway)
        _believing(StripeEvent.objects.get(pk=event_pk), told)
        return done

    monkeypatch.setattr(inbox, "apply_event", weakened)
    three = [received(one) for one in (six[0], six[3], six[4])]
    assert len(set(ends(as_they_come(three)))) == 3
