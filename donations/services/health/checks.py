"""Every check of the house, with its threshold and what to do; and measuring them all.

Thresholds keep promise 45: whatever breaks is red within five minutes, or five minutes after the
round that was due did not come.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from donations.services.health import heartbeats, machines, money, work
from donations.services.health.shapes import Check, Reading, Unit

logger = logging.getLogger(__name__)

_MINUTE: Final = 60.0
_SILENT: Final = heartbeats.SILENT.total_seconds()

_DATABASE: Final = Check(
    name="database",
    unit=Unit.ABSENCE,
    threshold=0,
    title=_("PostgreSQL"),
    advice=_("Start PostgreSQL, or put DATABASE_URL right: nothing works without it."),
    measure=machines.database_away,
)
_REDIS: Final = Check(
    name="redis",
    unit=Unit.ABSENCE,
    threshold=0,
    title=_("Redis"),
    advice=_("Start Redis: nothing is lost meanwhile, but everything comes later."),
    measure=machines.redis_away,
)
_PROCESSES: Final = (
    Check(
        name="web_silence",
        unit=Unit.SECONDS,
        threshold=_SILENT,
        title=_("Last sign of life of the web server"),
        advice=_("Start the web server, or look at its log for why it stopped."),
        measure=lambda now: heartbeats.silence("web", now),
    ),
    Check(
        name="worker_silence",
        unit=Unit.SECONDS,
        threshold=_SILENT,
        title=_("Last sign of life of the workers"),
        advice=_("Start the worker: without one no mail leaves and no event is applied."),
        measure=lambda now: heartbeats.silence("worker", now),
    ),
    Check(
        name="beat_silence",
        unit=Unit.SECONDS,
        threshold=_SILENT,
        title=_("Last sign of life of the beat"),
        advice=_("Start the beat: without it reminders, sweeps and comparisons do not happen."),
        measure=lambda now: heartbeats.silence("beat", now),
    ),
)
_WORK: Final = (
    Check(
        name="unsent_mail_age",
        unit=Unit.SECONDS,
        threshold=4 * _MINUTE,
        title=_("Oldest unsent mail that is due"),
        advice=_("Look at the mail server and EMAIL_URL, then at the worker."),
        measure=work.oldest_unsent_mail,
    ),
    Check(
        name="unsent_webhook_age",
        unit=Unit.SECONDS,
        threshold=4 * _MINUTE,
        title=_("Oldest webhook to a team’s program that is due"),
        advice=_("Look at the worker: nothing sends what programs of teams are to be told."),
        measure=work.oldest_unsent_webhook,
    ),
    Check(
        name="stuck_mails",
        unit=Unit.COUNT,
        threshold=0,
        title=_("Mails set aside or held"),
        advice=_("Run “manage.py mails”, then let them go or drop them."),
        measure=work.stuck_mails,
    ),
    Check(
        name="unapplied_event_age",
        unit=Unit.SECONDS,
        threshold=4 * _MINUTE,
        title=_("Oldest event of Stripe’s not yet applied"),
        advice=_("Look at the worker, and whether Stripe can be reached with this key."),
        measure=work.oldest_unapplied_event,
    ),
    Check(
        name="events_set_aside",
        unit=Unit.COUNT,
        threshold=0,
        title=_("Events set aside after eight attempts"),
        advice=_("Open the events in the administration, read why, then try them again there."),
        measure=work.events_set_aside,
    ),
    Check(
        name="payment_without_webhook_age",
        unit=Unit.SECONDS,
        threshold=4 * _MINUTE,
        title=_("Oldest payment that no webhook followed"),
        advice=_("In Stripe’s dashboard, look at the webhook’s address, secret and failures."),
        measure=work.payments_without_webhook,
    ),
)
_MONEY: Final = (
    Check(
        name="reconcile_age",
        unit=Unit.SECONDS,
        threshold=14 * _MINUTE,
        title=_("Last comparison with Stripe"),
        advice=_("Run “manage.py reconcile” and read what it says."),
        measure=money.reconcile_age,
    ),
    Check(
        name="stripe_differences",
        unit=Unit.COUNT,
        threshold=0,
        title=_("Differences between Stripe and the ledger"),
        advice=_("Open the differences in the administration, and compare each with Stripe."),
        measure=money.differences,
    ),
    Check(
        name="ledger_drift",
        unit=Unit.COUNT,
        threshold=0,
        title=_("Rows that break a promise of the books"),
        advice=_("Stop and look: run “manage.py check_invariants”; it is a bug, tell us."),
        measure=money.ledger_drift,
    ),
    Check(
        name="invariants_age",
        unit=Unit.SECONDS,
        threshold=8 * _MINUTE,
        title=_("Last check of the books"),
        advice=_("Look at the worker and the beat, and run “manage.py check_invariants”."),
        measure=money.invariants_age,
    ),
)
_CLOCK: Final = Check(
    name="clock_skew",
    unit=Unit.SECONDS,
    threshold=30,
    title=_("How far a clock is from PostgreSQL’s or Stripe’s"),
    advice=_("Let every machine set its clock by NTP: webhooks are refused from 300 s on."),
    measure=machines.clock_skew,
)
_BACKUP: Final = Check(
    name="backup_age",
    unit=Unit.SECONDS,
    threshold=26 * 60 * _MINUTE,
    title=_("Last backup"),
    advice=_("Run “manage.py backup”, and look at why the daily one was not made."),
    measure=machines.backup_age,
)


def checks() -> tuple[Check, ...]:
    """Return every check; that of backups where a place for them is set (BACKUP_TO)."""
    backups = (_BACKUP,) if settings.BACKUPS.to else ()
    return (_DATABASE, _REDIS, *_PROCESSES, *_WORK, *_MONEY, _CLOCK, *backups)


def measure(now: datetime) -> list[Reading]:
    """Measure everything at a moment (aware), in the order of the page.

    Without PostgreSQL only the engines are looked at: each other check would wait for it in turn.
    """
    found = [_read(_DATABASE, now)]
    if not found[0].ok:
        return [*found, _read(_REDIS, now)]
    return found + [_read(one, now) for one in checks()[1:]]


def _read(check: Check, now: datetime) -> Reading:
    try:
        return Reading(check, check.measure(now))
    except DatabaseError as error:
        logger.warning("health: %s could not be measured: %s", check.name, error)
        return Reading(check, None, failed=True)


def red(readings: list[Reading]) -> Iterator[Reading]:
    """Yield those that somebody has to do something about."""
    return (one for one in readings if not one.ok)
