"""The house as Prometheus reads it. Each answer has a registry of its own: nothing is shared."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from donations.models import Heartbeat
from donations.services.health import checks
from donations.services.health.shapes import Reading

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST


def exposition(now: datetime) -> bytes:
    """Return every check, and every process, in the text format of Prometheus."""
    registry = CollectorRegistry()
    readings = checks.measure(now)
    _add_readings(registry, readings)
    if readings[0].ok:  # PostgreSQL, where the processes' rows are
        _add_processes(registry, now)
    return generate_latest(registry)


def _add_readings(registry: CollectorRegistry, readings: list[Reading]) -> None:
    ok = Gauge("fundraiser_check_ok", "1: nothing to do.", ["check"], registry=registry)
    value = Gauge(
        "fundraiser_check_value",
        "What was measured; NaN: never happened, or could not be measured.",
        ["check", "unit"],
        registry=registry,
    )
    threshold = Gauge(
        "fundraiser_check_threshold", "Red above it.", ["check", "unit"], registry=registry
    )
    for one in readings:
        name, unit = one.check.name, one.check.unit
        ok.labels(name).set(one.ok)
        value.labels(name, unit).set(math.nan if one.value is None else one.value)
        threshold.labels(name, unit).set(one.check.threshold)


def _add_processes(registry: CollectorRegistry, now: datetime) -> None:
    age = Gauge(
        "fundraiser_heartbeat_age_seconds",
        "How long each process has been silent.",
        ["process", "host", "pid"],
        registry=registry,
    )
    for row in Heartbeat.objects.all():
        age.labels(row.kind, row.host, row.pid).set((now - row.beat_at).total_seconds())
