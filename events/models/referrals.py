"""Referral links: by which of an organizer's links somebody came."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from events.models.campaigns import Campaign
from fundraiser.core import clock

#: What stands in an address, as in ?via=choir.
CODE = r"\A[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z"


class Referral(models.Model):
    """One link of a campaign with a name of its own, so that what comes by it is counted apart."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="referrals")
    code = models.CharField(max_length=40, validators=[RegexValidator(CODE)])
    label = models.CharField(max_length=80)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="referral_code_once"),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[a-z0-9-]+$"), name="referral_code_plain"
            ),
        ]

    def __str__(self) -> str:
        return self.label
