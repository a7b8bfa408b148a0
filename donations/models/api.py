"""What programs of a team come with, and the answers that are given to them again."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models import Team
from fundraiser.core import clock


class ApiToken(models.Model):
    """A program's key to one team, with the rights that its maker has at each moment.

    The token itself is not kept: only its SHA-256, and the letters with which it begins.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="api_tokens")
    #: Who made it: it may never do more than this person may.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    #: Some of services.api_tokens.SCOPES.
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    #: The minute of the last request, and how many came in it.
    minute = models.DateTimeField(null=True, blank=True)
    minute_requests = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="api_token_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.team_id}"


class ApiAnswer(models.Model):
    """The answer to a request with an Idempotency-Key: the same request gets it again."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=255)
    #: SHA-256 of method, address and body.
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="api_answer_once"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk} to {self.token_id}"
