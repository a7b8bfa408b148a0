"""Alarms: a check that turned red is told once, and once more when it is green again.

The mails leave by the outbox, as every mail. Where mail itself is broken, or no worker runs, they
come late: that is why /metrics or the health page should be watched from outside as well.
"""

from __future__ import annotations

import logging
from typing import Final

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from donations.models import Alarm
from donations.services.health import checks
from events.services.mails import outbox
from fundraiser.core import clock

logger = logging.getLogger(__name__)

#: More admins than this are told by none of it.
_MOST_ADMINS: Final = 50


def watch() -> int:
    """Measure everything, raise and end alarms, and return how many are open. Safe to run twice."""
    now = clock.now()
    red = {one.check.name for one in checks.measure(now) if not one.ok}
    known = {one.check_name: one for one in Alarm.objects.filter(ended_at__isnull=True)}
    for name in sorted(red - known.keys()):
        _raise(name)
    for name in sorted(known.keys() - red):
        _end(known[name])
    return len(red)


def _raise(name: str) -> None:
    try:
        with transaction.atomic():
            alarm = Alarm.objects.create(check_name=name, raised_at=clock.now())
            _tell(alarm, over=False)
    except IntegrityError:  # another worker was first
        return
    logger.error("alarm: %s is red", name)


def _end(alarm: Alarm) -> None:
    with transaction.atomic():
        rows = Alarm.objects.filter(pk=alarm.pk, ended_at__isnull=True)
        if rows.update(ended_at=clock.now()) != 1:
            return
        _tell(alarm, over=True)
    logger.warning("alarm: %s is green again", alarm.check_name)


def _tell(alarm: Alarm, *, over: bool) -> None:
    admins = User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    for pk in admins.order_by("pk").values_list("pk", flat=True)[:_MOST_ADMINS]:
        key = f"alarm:{alarm.pk}:{'over' if over else 'raised'}:{pk}"
        outbox.queue(key=key, kind="alarm", alarm=alarm.pk, user=pk, over=int(over))
