"""Backups that were made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fundraiser.core import clock


class Backup(models.Model):
    """One archive that was written, read back and found whole. It may be thrown away by now."""

    #: The moment of the snapshot: what came later is not in it.
    taken_at = models.DateTimeField()
    checked_at = models.DateTimeField(default=clock.now)
    #: Where, as BACKUP_TO or --to said it, and its name there.
    place = models.CharField(max_length=500)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(help_text="bytes")
    rows = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="backup_has_size"),
        ]
        indexes = [models.Index(fields=["-taken_at"], name="backup_newest")]

    def __str__(self) -> str:
        return self.name
