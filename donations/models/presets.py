"""Columns of an export that a team chose, in its order, under a name."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from events.models import Team
from fundraiser.core import clock


class ColumnPreset(models.Model):
    """Which columns of one kind of export, in which order."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="column_presets")
    name = models.CharField(max_length=60)
    #: A key of services.exports.kinds.KINDS.
    kind = models.CharField(max_length=20)
    #: The names of the columns, each once.
    columns = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], name="preset_name_once"),
            models.CheckConstraint(condition=~Q(columns=[]), name="preset_has_columns"),
        ]

    def __str__(self) -> str:
        return self.name
