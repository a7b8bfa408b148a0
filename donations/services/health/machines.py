"""The engines, the clocks and the copies."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import redis
from django.conf import settings
from django.db import connection

from donations.models import Reconciliation
from donations.services.backups.making import last_backup_at
from donations.services.health import heartbeats
from fundraiser.core import clock

#: Seconds that Redis may take to answer.
_REDIS_PATIENCE: Final = 1.0


def database_away(now: datetime) -> float:
    """0 when PostgreSQL answers. Raises DatabaseError otherwise."""
    del now
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return 0


def redis_away(now: datetime) -> float:
    """0 when Redis answers, else 1."""
    del now
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=_REDIS_PATIENCE,
        socket_timeout=_REDIS_PATIENCE,
        retry=None,
    )
    try:
        client.ping()
    except redis.RedisError:
        return 1
    finally:
        client.close()
    return 0


def clock_skew(now: datetime) -> float:
    """How far the clock of any process is from PostgreSQL's, or was from Stripe's, in seconds."""
    del now
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    here = clock.now()
    skews: list[float] = [(here - theirs).total_seconds(), *heartbeats.skew_of_the_living(here)]
    answered = Reconciliation.objects.filter(clock_skew__isnull=False).order_by("-started_at")
    skews += [float(one or 0) for one in answered.values_list("clock_skew", flat=True)[:1]]
    return max(abs(one) for one in skews)


def backup_age(now: datetime) -> float | None:
    """How long ago the last good backup was made; None where there is none."""
    last = last_backup_at()
    return (now - last).total_seconds() if last else None
