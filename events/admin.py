"""Teams, campaigns and workshops in Django's admin; bookings and mails to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from events.models import Booking, Campaign, Membership, Message, Team, Workshop
from events.services import campaigns
from fundraiser.core.admin import ReadOnly


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    """A team's members."""

    model = Membership
    extra = 0


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Teams with their members."""

    list_display = ("name", "slug", "site_account_approved")
    inlines = (MembershipInline,)


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Campaigns. The place where the money lands cannot change once it is chosen."""

    list_display = ("title", "team", "charity_name", "state", "currency", "destination")
    list_filter = ("state", "destination", "currency")
    search_fields = ("title", "slug", "charity_name")

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: Any) -> None:
        """Save, and let the pages be made anew."""
        super().save_model(request, obj, form, change)
        campaigns.content_changed(obj.pk)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Campaign | None = None
    ) -> tuple[str, ...]:
        """What money depends on is fixed from the first saving on."""
        del request
        always = ("created_at", "content_version")
        return (*always, "currency", "destination", "stripe_account") if obj else always


@admin.register(Workshop)
class WorkshopAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Workshops; the seats taken are counted by the product alone."""

    list_display = ("title", "campaign", "starts_at", "capacity", "seats_taken", "state")
    list_filter = ("state",)
    search_fields = ("title", "slug")
    readonly_fields = ("seats_taken",)

    def save_model(self, request: HttpRequest, obj: Workshop, form: Any, change: Any) -> None:
        """Save, and let the campaign's pages be made anew."""
        super().save_model(request, obj, form, change)
        campaigns.content_changed(obj.campaign_id)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Workshop | None:
        """Lock the row that is about to be saved: its whole row is written, seats taken included.

        Buyers wait meanwhile, so the seats that were read are those that are written and checked.
        """
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        return Workshop.objects.select_for_update().get(pk=found.pk)


@admin.register(Booking)
class BookingAdmin(ReadOnly):
    """Bookings."""

    list_display = ("public_id", "workshop", "state", "seats", "created_at")
    list_filter = ("state",)
    search_fields = ("email", "public_id")


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """The outbox."""

    list_display = ("kind", "state", "due_at", "attempts", "sent_at", "error")
    list_filter = ("state", "kind")
