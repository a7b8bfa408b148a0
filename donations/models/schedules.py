"""Exports that are made again and again, and whom they are mailed to."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from donations.states import Every
from events.models import Campaign, Team, Workshop
from fundraiser.core import clock

#: One of three: a campaign, all of a team's, or the whole site.
ABOUT_ONE_THING: Q = (
    Q(campaign__isnull=False, team__isnull=True, of_site=False)
    | Q(campaign__isnull=True, team__isnull=False, of_site=False)
    | Q(campaign__isnull=True, team__isnull=True, of_site=True)
)


class ExportSchedule(models.Model):
    """Which export is made of each day, week or month, and when (ADR 68)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.CASCADE, related_name="export_schedules"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="export_schedules"
    )
    of_site = models.BooleanField(default=False)
    #: Of the campaign, the rows of this one alone.
    workshop = models.ForeignKey(
        Workshop, null=True, blank=True, on_delete=models.CASCADE, related_name="export_schedules"
    )
    #: A key of services.exports.kinds.KINDS, and the rest as an Export has it.
    kind = models.CharField(max_length=20)
    format = models.CharField(max_length=8)
    currency = models.CharField(max_length=3, blank=True)
    columns = models.JSONField(default=list, blank=True)
    every = models.CharField(max_length=8, choices=Every)
    #: On the first day after the period, by the clocks of the zone.
    at = models.TimeField()
    time_zone = models.CharField(max_length=64, default="UTC")
    #: Of the mail.
    language = models.CharField(max_length=8)
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="scheduled_exports", blank=True
    )
    next_due = models.DateTimeField(help_text="when the period that runs now is exported, UTC")
    paused_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ABOUT_ONE_THING, name="schedule_of_one_thing"),
            models.CheckConstraint(
                condition=Q(workshop__isnull=True) | Q(campaign__isnull=False),
                name="schedule_workshop_of_campaign",
            ),
            models.CheckConstraint(condition=Q(every__in=Every.values), name="schedule_every"),
        ]
        indexes = [
            models.Index(
                fields=["next_due"], condition=Q(paused_at__isnull=True), name="schedule_due"
            )
        ]

    def __str__(self) -> str:
        return f"export of {self.kind} every {self.every}"
