"""Exports that somebody asked for in the browser."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from donations.models.schedules import ABOUT_ONE_THING, ExportSchedule
from donations.states import ExportState
from events.models import Campaign, Team, Workshop
from fundraiser.core import clock


class Export(models.Model):
    """One file, asked for by one person, kept for a few days. Moves by states.EXPORT_TABLE."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports"
    )
    #: A key of services.exports.kinds.KINDS.
    kind = models.CharField(max_length=20)
    format = models.CharField(max_length=8)
    #: What it is about: one campaign, all of a team's, or (for admins) the whole site.
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.CASCADE, related_name="exports"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="exports"
    )
    of_site = models.BooleanField(default=False, db_default=False)
    #: What made it, if nobody pressed a button; then a mail tells its owner of it.
    schedule = models.ForeignKey(
        ExportSchedule, null=True, blank=True, on_delete=models.SET_NULL, related_name="exports"
    )
    workshop = models.ForeignKey(Workshop, null=True, blank=True, on_delete=models.CASCADE)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    #: Rows of this currency alone; empty: of all, each with its own.
    currency = models.CharField(max_length=3, blank=True)
    #: The names of the columns in their order; empty: all of the kind.
    columns = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.QUEUED)
    rows_total = models.PositiveBigIntegerField(default=0)
    rows_written = models.PositiveBigIntegerField(default=0)
    #: Under MEDIA_ROOT; empty as long as there is no whole file.
    file = models.CharField(max_length=120, blank=True)
    #: Who writes it has until then; a worker that died is followed by another.
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Why a file that was written is not handed out.
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=ABOUT_ONE_THING & Q(workshop__isnull=True)
                | ABOUT_ONE_THING & Q(campaign__isnull=False),
                name="export_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["schedule", "owner", "first_day"], name="export_scheduled_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ExportState.values), name="export_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=ExportState.DONE) | (~Q(file="") & Q(expires_at__isnull=False)),
                name="export_done_has_file",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at"]),
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=[ExportState.QUEUED, ExportState.RUNNING]),
                name="export_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk} of {self.kind} ({self.state})"
