"""Money in Django's admin: to be read, never written."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from donations import abuse_admin, record_admin  # noqa: F401 -- they register their models
from donations.gateway.stripe import for_visitors
from donations.models import (
    CampaignTotal,
    ConnectedAccount,
    Difference,
    Donation,
    LedgerEntry,
    Reconciliation,
    StripeEvent,
)
from donations.services import inbox, settlement
from donations.services.connecting import accounts
from fundraiser.core.admin import ReadOnly


@admin.register(Donation)
class DonationAdmin(ReadOnly):
    """Donations, newest first."""

    list_display = ("public_id", "campaign", "state", "amount_minor", "created_at")
    list_filter = ("state", "purpose", "currency")
    search_fields = ("public_id", "email", "session_id", "payment_intent_id", "charge_id")
    list_select_related = ("campaign",)
    date_hierarchy = "created_at"
    actions = ("apply_anew",)

    @admin.action(description=_("Ask Stripe anew, and apply it"), permissions=["decide"])
    def apply_anew(self, request: HttpRequest, rows: QuerySet[Donation]) -> None:
        """Bring the chosen ones to what Stripe knows, as its events do."""
        gateway = for_visitors()
        numbers = rows.exclude(session_id=None).values_list("pk", flat=True)
        record_admin.ask_stripe(
            self, request, numbers, lambda number: settlement.apply(number, gateway=gateway)
        )


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly):
    """The ledger."""

    list_display = ("id", "campaign", "kind", "debit", "credit", "amount_minor")
    list_filter = ("kind", "currency")
    search_fields = ("source_id",)
    list_select_related = ("campaign",)


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnly):
    """The inbox."""

    list_display = ("event_id", "type", "account", "received_at", "applied_at", "error")
    list_filter = (("set_aside_at", admin.EmptyFieldListFilter), "type")
    search_fields = ("event_id",)
    actions = ("try_again",)

    @admin.action(description=_("Try again what was set aside"), permissions=["decide"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[StripeEvent]) -> None:
        """Give the chosen events new attempts."""
        for pk in queryset.values_list("pk", flat=True):
            inbox.retry(pk)
        self.message_user(request, _("They will be applied within seconds."))


@admin.register(ConnectedAccount)
class ConnectedAccountAdmin(ReadOnly):
    """Connected Stripe accounts."""

    list_display = ("name", "holder", "team", "stripe_account", "charges_enabled", "checked_at")
    list_filter = ("holder", "charges_enabled", ("disconnected_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "stripe_account")
    list_select_related = ("team",)
    actions = ("ask_anew",)

    @admin.action(description=_("Ask Stripe anew"), permissions=["decide"])
    def ask_anew(self, request: HttpRequest, rows: QuerySet[ConnectedAccount]) -> None:
        """Write down how the chosen ones stand at Stripe."""
        gateway = for_visitors()
        numbers = rows.values_list("pk", flat=True)
        record_admin.ask_stripe(
            self, request, numbers, lambda number: accounts.refresh(number, gateway=gateway)
        )


@admin.register(CampaignTotal)
class CampaignTotalAdmin(ReadOnly):
    """The rollups."""

    list_display = ("campaign", "gifts_minor", "refunds_minor", "disputes_minor")


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnly):
    """The reconciler's runs."""

    list_display = ("id", "account", "started_at", "finished_at", "events_seen", "events_new")


@admin.register(Difference)
class DifferenceAdmin(ReadOnly):
    """What Stripe and the ledger tell differently."""

    list_display = (
        "source_id",
        "kind",
        "expected_minor",
        "found_minor",
        "currency",
        "resolved_at",
    )
    list_filter = ("kind",)
