"""One address: what its owner may ask for across campaigns, and that it was erased."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Upper

from fundraiser.core import clock


class Person(models.Model):
    """An e-mail address whose owner asked for their links, their data or a year's statement."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    language = models.CharField(max_length=8, default="en")
    #: Raised to revoke the links that were mailed.
    link_version = models.PositiveIntegerField(default=1)
    #: When the links were last asked for: not more often than every few minutes.
    links_asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(Upper("email"), name="person_once")]

    def __str__(self) -> str:
        return f"person {self.pk}"


class Erasure(models.Model):
    """That somebody was erased, and when; whom, only who knows the address and LINK_KEY can tell.

    A restored backup knows nothing of later erasures: the same is in a file outside
    (docs/adr/0062-erasures-are-replayed.md).
    """

    #: A keyed hash of the address; never the address.
    fingerprint = models.CharField(max_length=64)
    erased_at = models.DateTimeField(default=clock.now)
    #: When its line was written into the file; None: not yet.
    logged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fingerprint__regex=r"^[0-9a-f]{64}$"),
                name="erasure_holds_no_address",
            )
        ]
        indexes = [
            models.Index(
                fields=["erased_at"],
                condition=models.Q(logged_at__isnull=True),
                name="erasure_unlogged",
            )
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
