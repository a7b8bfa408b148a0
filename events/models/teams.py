"""Teams and their members."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Upper

from events.states import Role, TeamState
from fundraiser.core import clock


class Team(models.Model):
    """People who organise campaigns together."""

    #: The database makes one for each team that was there before the column.
    public_id = models.UUIDField(
        default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False
    )
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    #: Mails about a workshop are answered to this address.
    reply_to = models.EmailField()
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership")
    #: May take money on the site's own Stripe account (DESIGN.md, "Campaign").
    site_account_approved = models.BooleanField(default=False)
    #: The zone in which the members' daily digest is written.
    time_zone = models.CharField(max_length=64, default="UTC")
    #: A pending team prepares drafts; nobody sees its campaigns until an admin approves it.
    state = models.CharField(max_length=8, choices=TeamState, default=TeamState.ACTIVE)
    #: Set by an admin: no page of its campaigns is shown, and they take no gift and nobody.
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspension_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=TeamState.values), name="team_state_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_publish(self) -> bool:
        """Whether its campaigns may be shown to anybody."""
        return self.state == TeamState.ACTIVE and self.suspended_at is None


class Membership(models.Model):
    """One person's role in one team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    role = models.CharField(max_length=12, choices=Role)
    #: The mails that this member wants, and the language of them.
    wants_gift_mails = models.BooleanField(default=True)
    wants_digest = models.BooleanField(default=True)
    wants_attention_mails = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="en")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.team_id}"


class Invitation(models.Model):
    """A place in a team, offered to an address by a signed link that works once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role)
    language = models.CharField(max_length=8, default="en")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    #: Raised to revoke the link that was mailed: by another one, or by withdrawing.
    link_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("team", Upper("email"), name="invitation_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="invitation_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.team_id}"
