"""Celery tasks of donations: thin, carry ids, may run twice."""

from __future__ import annotations

import logging

from celery import shared_task

from donations.gateway.stripe import for_workers
from donations.services import (
    inbox,
    invariants,
    ledger_digests,
    organizer_refunds,
    reconcile,
    refund_run,
    sweeper,
)
from donations.services.abuse import kept_forms, limits
from donations.services.exports import jobs as exports
from donations.services.mails import notices
from donations.services.person import lost_links
from events.services.mails import caps

logger = logging.getLogger(__name__)


@shared_task(name="donations.apply_event")
def apply_event(event: int) -> bool:
    """Apply one event of the inbox."""
    return inbox.apply_event(event, gateway=for_workers())


@shared_task(name="donations.apply_pending_events")
def apply_pending_events() -> int:
    """Apply the events that are due."""
    return inbox.apply_pending(gateway=for_workers())


@shared_task(name="donations.sweep")
def sweep() -> str:
    """Finish what was begun and not ended."""
    return str(sweeper.sweep(gateway=for_workers()))


@shared_task(name="donations.run_cancellations")
def run_cancellations() -> str:
    """Do what is due of cancelled workshops, and finish the refunds that organizers ordered."""
    organizer_refunds.finish_all(gateway=for_workers())
    return str(refund_run.run(gateway=for_workers()))


@shared_task(name="donations.plan_notices")
def plan_notices() -> int:
    """Queue what the people who organise want to be told."""
    return notices.plan()


@shared_task(name="donations.reconcile")
def reconcile_with_stripe() -> int:
    """Hold what is new against Stripe, and everything once a day."""
    return len(reconcile.run_due(gateway=for_workers()))


@shared_task(name="donations.forget_strangers")
def forget_strangers() -> int:
    """Forget addresses that somebody asked for and that are nobody's."""
    return lost_links.forget_strangers()


@shared_task(name="donations.forget_clients")
def forget_clients() -> int:
    """Forget what only the limits need: clients, counted mails and kept forms, after a day."""
    return limits.forget_clients() + kept_forms.forget() + caps.forget()


@shared_task(name="donations.make_ledger_digests")
def make_ledger_digests() -> int:
    """Close the months of the ledger that are over."""
    return len(ledger_digests.make_due())


@shared_task(name="donations.check_invariants")
def check_invariants() -> int:
    """Log every broken promise."""
    count = 0
    for one in invariants.broken():
        logger.error("broken: %s: %s", one.promise, one.row)
        count += 1
    return count


@shared_task(name="donations.write_export")
def write_export(export: int) -> bool:
    """Write one export that was asked for."""
    return exports.write(export) is not None


@shared_task(name="donations.write_exports")
def write_exports() -> int:
    """Write the exports that nobody is at, and throw old files away."""
    return exports.write_due()
