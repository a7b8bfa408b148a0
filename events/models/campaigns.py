"""Campaigns: one charity, one currency, one place where the money lands."""

from __future__ import annotations

import uuid

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models

from events.models.teams import Team
from events.models.translated import Translated
from events.querysets import CampaignQuerySet
from events.states import TEST_ACCOUNT, CampaignState, Destination
from fundraiser.core import clock, marks
from fundraiser.core.money import SUPPORTED, Money


class Campaign(Translated, models.Model):
    """A campaign for one charity. Its address stays as a record for ever."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="campaigns")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    story = models.TextField(blank=True, help_text="Markdown")
    organizer_name = models.CharField(max_length=120)
    #: One of the catalogue (events/charities.py); empty: the organizer's own choice.
    charity_key = models.SlugField(max_length=40, blank=True, db_index=False)
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
    #: The least and the most of a gift without a workshop; a workshop has limits of its own.
    minimum_minor = models.BigIntegerField(null=True, blank=True)
    maximum_minor = models.BigIntegerField(null=True, blank=True)
    destination = models.CharField(max_length=8, choices=Destination, default=Destination.CHARITY)
    #: The connected account (acct_…) that takes the money; empty: the site's own.
    stripe_account = models.CharField(
        max_length=64,
        blank=True,
        validators=[RegexValidator(rf"\A{TEST_ACCOUNT}\Z", inverse_match=True)],
    )
    #: Whether it runs on Stripe's test keys; chosen when it is made, and never changed.
    test_mode = models.BooleanField(default=False, db_default=False, editable=False)
    #: The charity's own giving page (https), for a campaign whose destination is external.
    external_url = models.URLField(blank=True, max_length=500)
    #: For how many days a seat is kept until an organizer has looked at its receipt.
    claim_days = models.PositiveSmallIntegerField(default=7)
    fees_paid_by_organizer = models.BooleanField(default=False)
    accent = models.CharField(
        max_length=6, default="0a63c2", validators=[RegexValidator(r"\A[0-9a-f]{6}\Z")]
    )
    #: The names under which the cropped picture is shown and the whole one is kept
    #: (services/pictures.py); which of 3 × 3 parts stays in sight, row by row; and what it shows.
    picture = models.CharField(max_length=32, blank=True)
    picture_source = models.CharField(max_length=32, blank=True)
    picture_focus = models.PositiveSmallIntegerField(default=4)
    picture_alt = models.CharField(max_length=300, blank=True)
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
                condition=(models.Q(minimum_minor__isnull=True) | models.Q(minimum_minor__gt=0))
                & (models.Q(maximum_minor__isnull=True) | models.Q(maximum_minor__gt=0))
                & (
                    models.Q(minimum_minor__isnull=True)
                    | models.Q(maximum_minor__isnull=True)
                    | models.Q(maximum_minor__gte=models.F("minimum_minor"))
                ),
                name="campaign_limits_in_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(destination=Destination.CHARITY)
                | ~models.Q(state=CampaignState.PUBLISHED)
                | ~models.Q(stripe_account=""),
                name="campaign_charity_has_account",
            ),
            models.CheckConstraint(
                condition=models.Q(external_url="") | models.Q(external_url__startswith="https://"),
                name="campaign_external_url_safe",
            ),
            models.CheckConstraint(
                condition=models.Q(claim_days__gte=1) & models.Q(claim_days__lte=60),
                name="campaign_claim_days_few",
            ),
            models.CheckConstraint(
                condition=models.Q(picture="")
                | (~models.Q(picture_source="") & ~models.Q(picture_alt="")),
                name="campaign_picture_told",
            ),
            models.CheckConstraint(
                condition=models.Q(picture_focus__lte=8), name="campaign_picture_focus_known"
            ),
            models.CheckConstraint(
                condition=models.Q(test_mode=True, stripe_account=TEST_ACCOUNT)
                & ~models.Q(destination=Destination.EXTERNAL)
                | models.Q(test_mode=False) & ~models.Q(stripe_account=TEST_ACCOUNT),
                name="campaign_test_has_test_account",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="test_mode_fixed", fields=["test_mode"])]

    def __str__(self) -> str:
        return self.title

    def text(self, field: str, language: str) -> str:
        """See Translated; the title of one in test mode says so wherever it is named."""
        found = super().text(field, language)
        return marks.marked(found) if self.test_mode and field == "title" else found

    @property
    def is_suspended(self) -> bool:
        """Whether an admin suspended it, or its team."""
        return self.suspended_at is not None or self.team.suspended_at is not None

    @property
    def goal(self) -> Money | None:
        """The goal, if there is one."""
        return None if self.goal_minor is None else Money(self.goal_minor, self.currency)


class CampaignAddress(models.Model):
    """An address that a campaign once had in public: it leads to the campaign for ever."""

    slug = models.SlugField(max_length=80, unique=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="old_addresses")
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.slug
