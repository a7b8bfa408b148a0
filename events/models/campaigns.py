"""Campaigns: one charity, one currency, one place where the money lands."""

from __future__ import annotations

import uuid

from django.core.validators import RegexValidator
from django.db import models

from events.models.teams import Team
from events.models.translated import Translated
from events.querysets import CampaignQuerySet
from events.states import CampaignState, Destination
from fundraiser.core import clock
from fundraiser.core.money import SUPPORTED, Money


class Campaign(Translated, models.Model):
    """A campaign for one charity. Its address stays as a record for ever."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="campaigns")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    story = models.TextField(blank=True, help_text="Markdown")
    organizer_name = models.CharField(max_length=120)
    charity_name = models.CharField(max_length=120)
    charity_site = models.URLField(blank=True)
    charity_country = models.CharField(max_length=2, blank=True)
    charity_registration = models.CharField(max_length=60, blank=True)
    #: The language that the content is written in, and the same content in others:
    #: {"fr": {"title": …, "story": …}}.
    language = models.CharField(max_length=8, default="en")
    translations = models.JSONField(default=dict, blank=True)
    currency = models.CharField(max_length=3)
    goal_minor = models.BigIntegerField(null=True, blank=True, help_text="minor units")
    suggested_minor = models.JSONField(default=list, blank=True, help_text="minor units")
    minimum_minor = models.BigIntegerField(null=True, blank=True)
    maximum_minor = models.BigIntegerField(null=True, blank=True)
    destination = models.CharField(max_length=8, choices=Destination, default=Destination.CHARITY)
    #: The connected account (acct_…) that takes the money; empty: the site's own.
    stripe_account = models.CharField(max_length=64, blank=True)
    fees_paid_by_organizer = models.BooleanField(default=False)
    accent = models.CharField(
        max_length=6, default="0a63c2", validators=[RegexValidator(r"\A[0-9a-f]{6}\Z")]
    )
    #: What a receipt says of taxes, in each language: {"en": …, "fr": …}; empty: nothing.
    receipt_tax_wording = models.JSONField(default=dict, blank=True)
    #: The country (ISO 3166-1 alpha-2) whose rules that wording follows.
    receipt_tax_country = models.CharField(max_length=2, blank=True)
    #: Raised to revoke the address of the on-stage page.
    stage_version = models.PositiveIntegerField(default=1)
    closes_at = models.DateTimeField(null=True, blank=True)
    send_by = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=CampaignState, default=CampaignState.DRAFT)
    #: Set by an admin: no page of it is shown, and it takes no gift and nobody.
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspension_reason = models.CharField(max_length=300, blank=True)
    #: Raised by every edit: part of the key of what is cached about the campaign.
    content_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(currency__in=sorted(SUPPORTED)), name="campaign_currency_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=CampaignState.values), name="campaign_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(destination__in=Destination.values),
                name="campaign_destination_known",
            ),
            models.CheckConstraint(
                condition=models.Q(goal_minor__isnull=True) | models.Q(goal_minor__gt=0),
                name="campaign_goal_positive",
            ),
            models.CheckConstraint(
                condition=~models.Q(destination=Destination.CHARITY)
                | ~models.Q(state=CampaignState.PUBLISHED)
                | ~models.Q(stripe_account=""),
                name="campaign_charity_has_account",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_suspended(self) -> bool:
        """Whether an admin suspended it, or its team."""
        return self.suspended_at is not None or self.team.suspended_at is not None

    @property
    def goal(self) -> Money | None:
        """The goal, if there is one."""
        return None if self.goal_minor is None else Money(self.goal_minor, self.currency)
