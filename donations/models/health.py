"""What the processes leave behind so that the house can be looked at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fundraiser.core import clock


class Heartbeat(models.Model):
    """One running process, which writes its row every half a minute and takes it away at its end.

    Written by services/health/heartbeats.py alone.
    """

    #: Its name in the Procfile: web, worker or beat.
    kind = models.CharField(max_length=20)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=clock.now)
    beat_at = models.DateTimeField(default=clock.now)
    #: Its clock less PostgreSQL's, in seconds.
    clock_skew = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "host", "pid"], name="heartbeat_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.host} {self.pid}"


class InvariantCheck(models.Model):
    """One run of ``check_invariants`` by the worker, and how many rows it found broken."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    broken = models.PositiveIntegerField()
    #: The promises that were broken, one a line.
    promises = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-finished_at"], name="invariant_check_last")]

    def __str__(self) -> str:
        return f"{self.broken} broken"


class Alarm(models.Model):
    """One check that was red, from when to when."""

    check_name = models.CharField(max_length=40)
    raised_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_name"], condition=Q(ended_at__isnull=True), name="alarm_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.check_name
