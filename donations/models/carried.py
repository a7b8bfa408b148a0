"""Seats that the surplus of others' gifts carries. Nobody who organises is shown which they are."""

from __future__ import annotations

from django.db import models

from events.models import Booking
from fundraiser.core import clock


class CarriedSeat(models.Model):
    """The mark of one booking; it stands here so that nothing which lists bookings shows it."""

    booking = models.OneToOneField(
        Booking, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return "carried seat"
