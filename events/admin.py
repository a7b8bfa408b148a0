"""Teams, campaigns and workshops in Django's admin; bookings and mails to be read."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from events import mail_admin, people_admin, team_admin  # noqa: F401 -- they register models
from events.models import Campaign, Workshop
from events.services import campaigns, suspending, workshops
from events.services.room import rooms
from events.states import WorkshopState
from fundraiser.core import jobs, zones
from fundraiser.core.admin import WithHistory

#: A change of these is a new schedule.
_SCHEDULE: Final = ("starts_at", "time_zone", "duration_minutes")


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    """A campaign as the admin edits it."""

    def clean_slug(self) -> str:
        """Refuse an address that another campaign once had: it leads there for ever."""
        slug: str = self.cleaned_data["slug"]
        if campaigns.is_taken(slug, but_by=self.instance if self.instance.pk else None):
            raise ValidationError(_("Another campaign has this address, or once had it."))
        return slug


@admin.register(Campaign)
class CampaignAdmin(WithHistory):
    """Campaigns. The place where the money lands cannot change once it is chosen."""

    form = CampaignForm
    list_display = ("title", "team", "charity_name", "state", "suspended_at", "destination")
    list_filter = ("state", ("suspended_at", admin.EmptyFieldListFilter), "destination", "currency")
    search_fields = ("title", "slug", "charity_name")
    actions = ("suspend", "resume")

    @admin.action(description=_("Suspend these campaigns"))
    def suspend(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> HttpResponse | None:
        """Ask for the reason; then suspend."""
        return team_admin.ask_to_suspend(self, request, queryset, suspending.suspend_campaign)

    @admin.action(description=_("Let these campaigns go on"))
    def resume(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        """End a suspension; a suspended team's campaigns stay suspended with it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        for campaign in queryset:
            suspending.resume_campaign(campaign.pk)
        self.message_user(request, _("They go on."))

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: Any) -> None:
        """Save, and let the pages be made anew; an address that was public leads on for ever."""
        slug = obj.slug
        if change:
            obj.slug = Campaign.objects.values_list("slug", flat=True).get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        campaigns.change_address(obj, slug)
        campaigns.content_changed(obj.pk)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Campaign | None = None
    ) -> tuple[str, ...]:
        """What money depends on is fixed from the first saving on."""
        del request
        always: tuple[str, ...] = ("created_at", "content_version", "suspended_at")
        always += ("suspension_reason",)
        fixed = ("picture", "picture_source", "currency", "destination", "stripe_account")
        return (*always, *fixed) if obj else always


class WorkshopForm(forms.ModelForm):  # type: ignore[type-arg]
    """A workshop as the admin edits it: it is cancelled by its action alone, for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "state" in self.fields:
            open_states = [
                one for one in WorkshopState.choices if one[0] != WorkshopState.CANCELLED
            ]
            self.fields["state"].choices = open_states  # type: ignore[attr-defined]

    def clean_time_zone(self) -> str:
        """Refuse a zone that the tz database does not know."""
        name: str = self.cleaned_data["time_zone"]
        if not zones.is_zone(name):
            raise ValidationError(_("There is no zone of this name, such as Europe/Paris."))
        return name

    def clean_join_url(self) -> str:
        """Refuse a room that people cannot be sent to."""
        return self._checked_address("join_url")

    def clean_replay_url(self) -> str:
        """Refuse a recording that people cannot be sent to."""
        return self._checked_address("replay_url")

    def _checked_address(self, name: str) -> str:
        address: str = self.cleaned_data[name]
        if address:
            rooms.check_address(address)
        return address


@admin.register(Workshop)
class WorkshopAdmin(WithHistory):
    """Workshops; the seats taken are counted by the product alone."""

    form = WorkshopForm
    list_display = ("title", "campaign", "starts_at", "capacity", "seats_taken", "state")
    list_filter = ("state",)
    search_fields = ("title", "slug")
    actions = ("cancel",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Workshop | None = None
    ) -> tuple[str, ...]:
        """What mails, money and calendars depend on changes by services, or not at all."""
        del request
        names: tuple[str, ...] = ("seats_taken", "schedule_version", "cancelled_at", "cancel_note")
        if obj is None:
            return names
        if obj.bookings.exists():
            names += ("campaign",)
        if obj.state == WorkshopState.CANCELLED:
            names += ("state", *_SCHEDULE)
        return names

    def save_model(self, request: HttpRequest, obj: Workshop, form: Any, change: Any) -> None:
        """Save; tell everybody another time; let the campaign's pages be made anew."""
        moved = change and not set(_SCHEDULE).isdisjoint(form.changed_data)
        wanted = {name: getattr(obj, name) for name in _SCHEDULE}
        if moved:
            before = Workshop.objects.get(pk=obj.pk)
            for name in _SCHEDULE:
                setattr(obj, name, getattr(before, name))
        super().save_model(request, obj, form, change)
        if moved:
            # It locks bookings before the workshop, which this form has locked.
            transaction.on_commit(partial(workshops.reschedule, obj.pk, **wanted))
        campaigns.content_changed(obj.campaign_id)
        jobs.enqueue("events.offer_seats", workshop=obj.pk)  # there may be more seats now

    @admin.action(description=_("Cancel these workshops, and tell everybody"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Workshop]) -> HttpResponse | None:
        """Ask what to tell the people; then cancel."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Cancel workshops"),
                "workshops": queryset,
                "opts": self.opts,
                "note_length": Workshop._meta.get_field("cancel_note").max_length,  # noqa: SLF001
                "checkbox": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/events/workshop/cancel.html", context)
        note = request.POST.get("note", "").strip()[:1000]
        for workshop in queryset:
            workshops.cancel(workshop.pk, note=note)
        self.message_user(request, _("Cancelled. Everybody with a seat is told by mail."))
        return None

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Workshop | None:
        """Lock the row that is about to be saved: its whole row is written, seats taken included.

        Buyers wait meanwhile, so the seats that were read are those that are written and checked.
        """
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        return Workshop.objects.select_for_update(no_key=True).get(pk=found.pk)
