"""Who is in the room: hosts with links of their own, and the devices that a link was used on."""

from __future__ import annotations

import uuid

from django.db import models

from events.models.bookings import Registration
from events.models.workshops import Workshop
from fundraiser.core import clock


class Host(models.Model):
    """Somebody who speaks or helps: gets a host link and reminders, takes no seat."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="hosts")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=8, default="en")
    time_zone = models.CharField(max_length=64, blank=True)
    link_version = models.PositiveIntegerField(default=1)
    wants_reminders = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "email"], name="host_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """One browser on which a person's link into the room was used."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="devices")
    #: A random number in the browser's cookie; it says nothing about the person.
    token = models.UUIDField(default=uuid.uuid4)
    #: The version of the link that it came with: a fresh one proves the mailbox again.
    link_version = models.PositiveIntegerField()
    #: The network as a keyed hash, to tell two places from one.
    client_hash = models.CharField(max_length=64, blank=True)
    first_seen_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "token"], name="device_once"),
        ]

    def __str__(self) -> str:
        return f"device {self.pk}"
