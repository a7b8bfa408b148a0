"""Teams, and what an admin does to a team or a campaign: approve, suspend, let go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from events.models import Membership, SitePage, Team, WebhookEndpoint
from events.services import suspending, teams
from fundraiser.core import clock
from fundraiser.core.admin import ReadOnly, WithHistory

_REASON_LENGTH = 300


def ask_to_suspend(
    page: admin.ModelAdmin[Any],
    request: HttpRequest,
    queryset: QuerySet[Any],
    suspend: Callable[..., None],
) -> HttpResponse | None:
    """Ask for the reason; then suspend each row of ``queryset``."""
    if not page.has_change_permission(request):
        raise PermissionDenied
    if "confirmed" not in request.POST:
        context = {
            **page.admin_site.each_context(request),
            "title": _("Suspend"),
            "rows": queryset,
            "opts": page.opts,
            "reason_length": _REASON_LENGTH,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/events/suspend.html", context)
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:_REASON_LENGTH]
    for row in queryset:
        suspend(row.pk, reason=reason)
    page.message_user(request, _("Suspended: nothing of it is shown or taken any more."))
    return None


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    """A team's members."""

    model = Membership
    extra = 0


@admin.register(Team)
class TeamAdmin(WithHistory):
    """Teams with their members."""

    list_display = ("name", "slug", "state", "suspended_at", "site_account_approved")
    list_filter = ("state", ("suspended_at", admin.EmptyFieldListFilter))
    readonly_fields = ("suspended_at", "suspension_reason")
    inlines = (MembershipInline,)
    actions = ("approve", "suspend", "resume")

    @admin.action(description=_("Approve: these teams may publish"))
    def approve(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        """Let pending teams publish."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        for team in queryset:
            teams.approve(team.pk)
        self.message_user(request, _("They may publish now."))

    @admin.action(description=_("Suspend these teams and all their campaigns"))
    def suspend(self, request: HttpRequest, queryset: QuerySet[Team]) -> HttpResponse | None:
        """Ask for the reason; then suspend."""
        return ask_to_suspend(self, request, queryset, suspending.suspend_team)

    @admin.action(description=_("Let these teams go on"))
    def resume(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        """End a suspension."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        for team in queryset:
            suspending.resume_team(team.pk)
        self.message_user(request, _("They go on."))


@admin.register(SitePage)
class SitePageAdmin(WithHistory):
    """The site's own pages: one row for each kind and language."""

    list_display = ("kind", "language", "updated_at")
    list_filter = ("kind", "language")
    readonly_fields = ("updated_at",)

    def save_model(self, request: HttpRequest, obj: SitePage, form: Any, change: Any) -> None:
        """Save, with the day of the change."""
        obj.updated_at = clock.now()
        super().save_model(request, obj, form, change)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnly):
    """Where programs of teams are told of what happens; their teams change it."""

    list_display = ("url", "team", "created_at", "failures", "stopped_at", "removed_at")
    list_filter = ("stopped_because",)
    list_select_related = ("team",)
    search_fields = ("url", "team__name")
