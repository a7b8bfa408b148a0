"""Celery tasks of donations: thin, carry ids, may run twice."""

from __future__ import annotations

from celery import shared_task

from donations.gateway.stripe import for_workers
from donations.services import (
    api_tokens,
    inbox,
    ledger_digests,
    organizer_refunds,
    reconcile,
    refund_run,
    stray_files,
    sweeper,
)
from donations.services.abuse import kept_forms, limits
from donations.services.backups import making as backups
from donations.services.exports import jobs as exports
from donations.services.exports import schedules
from donations.services.health import alarms, drift
from donations.services.mails import notices
from donations.services.person import erasures, lost_links, retention
from events.services.mails import caps


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


# As a backup, below: it is not given back when it takes long, and the next round goes on with it.
@shared_task(name="donations.reconcile", acks_late=False, time_limit=2 * 3600)
def reconcile_with_stripe() -> int:
    """Hold what is new against Stripe, and everything once a day."""
    return len(reconcile.run_due(gateway=for_workers()))


@shared_task(name="donations.forget_strangers")
def forget_strangers() -> int:
    """Forget addresses that somebody asked for and that are nobody's."""
    return lost_links.forget_strangers()


@shared_task(name="donations.log_erasures")
def log_erasures() -> int:
    """Write erasures into the list that outlives the database."""
    return erasures.write_log()


@shared_task(name="donations.apply_retention")
def apply_retention() -> str:
    """Forget what was kept long enough."""
    return str(retention.apply(gateway=for_workers()))


@shared_task(name="donations.forget_clients")
def forget_clients() -> int:
    """Forget after a day what only limits and repeated requests need."""
    return (
        limits.forget_clients() + kept_forms.forget() + caps.forget() + api_tokens.forget_answers()
    )


@shared_task(name="donations.make_ledger_digests")
def make_ledger_digests() -> int:
    """Close the months of the ledger that are over."""
    return len(ledger_digests.make_due())


@shared_task(name="donations.remove_stray_files")
def remove_stray_files() -> int:
    """Delete files that no row refers to."""
    return stray_files.remove()


@shared_task(name="donations.check_invariants")
def check_invariants() -> int:
    """Log every broken promise, and keep how many there were."""
    return drift.check()


@shared_task(name="donations.watch")
def watch() -> int:
    """Raise and end the alarms of the house."""
    return alarms.watch()


@shared_task(name="donations.write_export")
def write_export(export: int) -> bool:
    """Write one export that was asked for."""
    return exports.write(export) is not None


@shared_task(name="donations.write_exports")
def write_exports() -> int:
    """Begin what is scheduled, write the exports that nobody is at, throw old files away."""
    schedules.run_due()
    return exports.write_due()


# Another worker must not begin it anew while it runs: it is not given back when it takes long.
@shared_task(name="donations.make_backup", acks_late=False, time_limit=6 * 3600)
def make_backup() -> bool:
    """Make a backup, once a day, if a place for it is set."""
    return backups.make_due() is not None
