"""Teams and their members."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from events.states import Role
from fundraiser.core import clock


class Team(models.Model):
    """People who organise campaigns together."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    #: Mails about a workshop are answered to this address.
    reply_to = models.EmailField()
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership")
    #: May take money on the site's own Stripe account (DESIGN.md, "Campaign").
    site_account_approved = models.BooleanField(default=False)
    #: The zone in which the members' daily digest is written.
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name


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
