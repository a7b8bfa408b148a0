"""Promise 17. The same event 1,000 times (50 parallel): one row, one effect, every answer 200."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import LedgerEntry, StripeEvent
from donations.services import inbox
from events.models import Booking, Message
from tests.support.cast import deliver, give_form, make_campaign, make_workshop
from tests.support.race import Call, at_once

TIMES = 1000
PARALLEL = 50


def more_than_once(event_id: str) -> list[str]:
    """Return what an event that is about one payment left more than once, or not at all."""
    found = {
        "rows of the inbox": StripeEvent.objects.filter(event_id=event_id).count(),
        "gifts in the ledger": LedgerEntry.objects.filter(kind="gift").count(),
        "confirmations": Message.objects.filter(kind="confirmation").count(),
        "confirmed bookings": Booking.objects.filter(state="confirmed").count(),
    }
    return [f"{count} {name}" for name, count in found.items() if count != 1]


def completed(client: Client, sandbox: Any) -> dict[str, Any]:
    """Register and pay; return the delivery that says so. All others are lost."""
    workshop = make_workshop(make_campaign())
    answer = client.post(f"/c/{workshop.campaign.slug}/{workshop.slug}/", give_form())
    sandbox.pay(answer["Location"].rpartition("/")[2])
    waiting: list[dict[str, Any]] = sandbox.deliveries()
    return next(one for one in waiting if one["type"] == "checkout.session.completed")


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_one_event_a_thousand_times_is_one_row_and_one_effect(
    client: Client, sandbox: Any, start_web: Any
) -> None:
    delivery = completed(client, sandbox)
    web = start_web()
    call = Call("/stripe/webhook/", body=delivery["body"].encode(), headers=delivery["headers"])

    answers = at_once(web.url, [call] * TIMES, parallel=PARALLEL)

    assert Counter(one.status for one in answers) == {200: TIMES}
    row = StripeEvent.objects.get(event_id=delivery["event"])
    with ThreadPoolExecutor(PARALLEL // 5) as pool:  # and applied by several workers at once
        list(pool.map(_apply, [row.pk] * PARALLEL))
    assert more_than_once(delivery["event"]) == []
    row.refresh_from_db()
    assert (row.attempts, row.applied_at is not None) == (1, True)
    assert "Traceback" not in web.output()


def _apply(event: int) -> None:
    try:
        inbox.apply_event(event, gateway=for_workers())
    finally:
        connection.close()


@pytest.mark.django_db
def test_control_an_inbox_that_looks_before_it_writes_is_seen(
    client: Client, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = completed(client, sandbox)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'u' "
                "AND conrelid = 'donations_stripeevent'::regclass"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE donations_stripeevent DROP CONSTRAINT "{name}"')
        # Both looked before either wrote; the unique column is what stops the second one.
        assert {deliver(client, delivery) for _ in range(2)} == {200}
        inbox.apply_pending(gateway=for_workers())
        found = more_than_once(delivery["event"])
        transaction.set_rollback(True)
    assert found == ["2 rows of the inbox"]
