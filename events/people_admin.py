"""Bookings, people and series in Django's admin: to be read; mails are sent again by services."""

from __future__ import annotations

from django.contrib import admin
from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.models import Booking, Invitation, Referral, Registration, Series
from events.services.mails import resending
from fundraiser.core.admin import ReadOnly


@admin.register(Booking)
class BookingAdmin(ReadOnly):
    """Bookings."""

    list_display = ("public_id", "workshop", "state", "seats", "created_at")
    list_filter = ("state",)
    search_fields = ("email", "public_id")
    list_select_related = ("workshop",)


@admin.register(Registration)
class RegistrationAdmin(ReadOnly):
    """People with a seat, or waiting for one."""

    list_display = ("public_id", "booking", "position", "name", "attended", "created_at")
    list_filter = ("attended", "booking__state")
    search_fields = ("email", "name", "public_id")
    list_select_related = ("booking",)
    actions = ("send_again",)

    @admin.action(description=_("Send the confirmation again"), permissions=["decide"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Registration]) -> None:
        """Queue it for whoever has a seat, and whose last one has left."""
        sent = left = 0
        for one in rows:
            try:
                resending.confirmation(one)
                sent += 1
            except (resending.NothingToSendError, resending.OnItsWayError):
                left += 1
        told = ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", sent)
        self.message_user(request, told % {"count": sent})
        if left:
            told = ngettext(
                "%(count)d person gets none: no seat, no address, or the last one has not left.",
                "%(count)d people get none: no seat, no address, or the last one has not left.",
                left,
            )
            self.message_user(request, told % {"count": left}, flash.WARNING)


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    """Who was asked to join a team."""

    list_display = ("email", "team", "role", "invited_by", "expires_at")
    list_filter = ("role",)
    search_fields = ("email",)
    list_select_related = ("team", "invited_by")


@admin.register(Series)
class SeriesAdmin(ReadOnly):
    """Several dates on one page."""

    list_display = ("title", "campaign", "slug", "created_at")
    search_fields = ("title", "slug")
    list_select_related = ("campaign",)


@admin.register(Referral)
class ReferralAdmin(ReadOnly):
    """Links that are counted."""

    list_display = ("code", "campaign", "author", "created_at")
    search_fields = ("code",)
    list_select_related = ("campaign", "author")
