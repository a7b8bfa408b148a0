"""One address: what its owner may ask for across campaigns, behind one signed link."""

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
