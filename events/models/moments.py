"""Moments that processes tell each other through PostgreSQL."""

from __future__ import annotations

from django.db import models


class SharedMoment(models.Model):
    """One named moment, e.g. until when reminders are planned already; services say which."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.at}"
