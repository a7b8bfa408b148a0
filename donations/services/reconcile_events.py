"""The first step of reconciling: events that no webhook brought come into the inbox.

They are listed from the oldest on, a few days at a time, and what is in the inbox is written down:
where a run was killed, the next one goes on. Only types that we apply are listed; a busy account
has several others for each payment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from donations.gateway import Gateway
from donations.models import Reconciliation
from donations.services import inbox
from donations.stripe_events import APPLIED_TYPES
from fundraiser.core import clock

#: So much is asked for anew after a run was killed.
SLICE: Final = timedelta(days=3)
#: How long it can be gone on with.
FRESH: Final = timedelta(days=1)
#: What Stripe lists late.
LATE: Final = timedelta(minutes=5)


def receive_missed(result: Reconciliation, gateway: Gateway) -> None:
    """Put the account's events since ``result.since`` into the inbox. Raises GatewayError."""
    for begin, end in _slices(_begin(result)):
        for event in gateway.events_since(
            begin, account=result.account, until=end, types=APPLIED_TYPES
        ):
            result.events_seen += 1
            result.events_new += inbox.receive(event, delivered=False)
        if end is not None:
            result.events_until = end
            result.save(update_fields=["events_until", "events_seen", "events_new"])


def _begin(result: Reconciliation) -> datetime:
    """Return from when on events have to be listed: a killed run may have listed older ones."""
    killed = Reconciliation.objects.filter(
        account=result.account,
        finished_at=None,
        since__lte=result.since,
        events_until__isnull=False,
        started_at__gt=clock.now() - FRESH,
    )
    last = killed.exclude(pk=result.pk).order_by("-events_until").first()
    reached = last.events_until if last else None
    return max(result.since, reached - LATE) if reached else result.since


def _slices(begin: datetime) -> Iterator[tuple[datetime, datetime | None]]:
    """Yield stretches of time from ``begin`` on; the last one is open."""
    now = clock.now()
    while begin + SLICE < now - LATE:
        yield begin, begin + SLICE
        begin += SLICE
    yield begin, None
