"""What keeps misuse away: forms that wait for a mailed link, blocked visitors, the pause."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models import Campaign
from fundraiser.core import clock


class KeptForm(models.Model):
    """A filled-in form whose giver proves the address by a mailed link. Kept for a day."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="kept_forms")
    #: What names this very gift (services/checkout.py): the link is good for nothing else.
    nonce = models.UUIDField(unique=True)
    #: Where the form is sent, and what was typed: {field: text}.
    path = models.CharField(max_length=300)
    fields = models.JSONField(default=dict)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8)
    link_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"kept form {self.pk}"


class ClientTry(models.Model):
    """One form of one client for a place that costs nothing; kept for a day."""

    #: "free seat" or "waiting".
    what = models.CharField(max_length=12)
    #: The form's number, as its booking has it, if it made one.
    nonce = models.UUIDField()
    client_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what", "nonce", "client_hash"], name="try_once")
        ]
        indexes = [models.Index(fields=["client_hash", "what", "at"], name="try_of_client")]

    def __str__(self) -> str:
        return f"{self.what} {self.pk}"


class BlockKind(models.TextChoices):
    """What a block is about."""

    ADDRESS = "address"
    DOMAIN = "domain"
    NETWORK = "network"


class BlockedVisitor(models.Model):
    """An e-mail address, a domain of addresses or a network that may not give or register here."""

    kind = models.CharField(max_length=8, choices=BlockKind)
    #: In its plain form; of an address whose owner was erased nothing is left but the hash.
    value = models.CharField(max_length=254, blank=True)
    value_hash = models.CharField(max_length=64, editable=False)
    #: For the site's admins; the visitor is not told.
    reason = models.CharField(max_length=300)
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "value_hash"], name="blocked_once"),
            models.CheckConstraint(
                condition=Q(kind__in=BlockKind.values), name="blocked_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class GivingPause(models.Model):
    """One pause of all taking of money; at most one runs."""

    #: For the site's admins; visitors are told that there is a pause, and not why.
    reason = models.CharField(max_length=300)
    started_at = models.DateTimeField(default=clock.now, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at__isnull=True), name="giving_paused_once"
            ),
        ]

    def __str__(self) -> str:
        return f"pause of {self.started_at:%Y-%m-%d %H:%M}"
