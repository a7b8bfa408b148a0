"""People who are invited by mail: whom a team may write to, and to what they were invited."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from events.models.campaigns import Campaign
from events.models.teams import Team
from events.models.workshops import Workshop
from fundraiser.core import clock


class Invitee(models.Model):
    """One address of a team's lists. Once unsubscribed, the team invites it no more.

    The address is found by ``fingerprint`` (a keyed hash), which stays when the address itself is
    erased: so that somebody who asked to be forgotten is not invited again.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitees")
    fingerprint = models.CharField(max_length=64)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=120, blank=True)
    link_version = models.PositiveIntegerField(default=1)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "fingerprint"], name="invitee_once_in_team"),
            models.CheckConstraint(
                condition=~models.Q(email="") | models.Q(unsubscribed_at__isnull=False),
                name="invitee_without_address_is_left_alone",
            ),
        ]
        indexes = [models.Index(fields=["fingerprint"], name="invitee_fingerprint")]

    def __str__(self) -> str:
        return f"invitee {self.pk}"


class ListInvitation(models.Model):
    """One mail that invites one person to a campaign, or to one of its workshops: once for ever."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invitee = models.ForeignKey(Invitee, on_delete=models.CASCADE, related_name="invitations")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="invitations")
    workshop = models.ForeignKey(Workshop, null=True, blank=True, on_delete=models.CASCADE)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    language = models.CharField(max_length=8)
    #: What the organizer adds to our words.
    words = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitee", "campaign", "workshop"],
                nulls_distinct=False,
                name="list_invitation_once",
            )
        ]
        indexes = [models.Index(fields=["campaign", "created_at"], name="list_invitation_campaign")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"
