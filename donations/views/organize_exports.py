"""An organizer exports a campaign's money and people: asked for, written by a worker, fetched."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.models import Export
from donations.services.exports import jobs
from donations.states import ExportState
from donations.views.organize_campaign import campaign_context
from donations.views.organize_workshop import typed
from events.models import Campaign, Workshop
from events.services import access
from fundraiser.core import clock, zones

_NAMES = {
    "totals": _("Totals"),
    "donations": _("Gifts"),
    "registrations": _("Registrations"),
    "ledger": _("Ledger"),
    "refunds": _("Refunds and disputes"),
    "attendance": _("Attendance"),
    "messages": _("Mails"),
}
_FORMATS = {
    "xlsx": _("XLSX, for Excel and LibreOffice"),
    "csv": _("CSV"),
    "jsonl": _("JSON lines, for programs"),
}
_SHOWN = 20


class ExportForm(forms.Form):
    """What is exported, of which days, and as what."""

    kind = forms.ChoiceField(label=_("What"), choices=list(_NAMES.items()))
    workshop = forms.ModelChoiceField(
        label=_("Workshop"),
        queryset=Workshop.objects.none(),
        required=False,
        empty_label=_("All of the campaign"),
    )
    first_day = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label=_("To, included"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        initial="UTC",
        max_length=64,
        help_text=_("Days begin and times are written in it, for example Europe/Paris."),
    )
    format = forms.ChoiceField(label=_("File"), choices=list(_FORMATS.items()))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        workshops = campaign.workshops.order_by("starts_at")
        field = self.fields["workshop"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
        field.queryset = workshops
        for name in ("first_day", "last_day"):
            self.fields[name].widget.format = "%Y-%m-%d"

    def clean_time_zone(self) -> str:
        """Refuse a zone that the tz database does not know."""
        name: str = self.cleaned_data["time_zone"]
        if not zones.is_zone(name):
            raise forms.ValidationError(_("There is no zone of this name, such as Europe/Paris."))
        return name

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        return cleaned


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_exports(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the form and one's own exports of the campaign; a POST asks for one."""
    campaign = access.campaign_for_member(request.user, public_id)
    form = ExportForm(
        typed(request), campaign=campaign, initial={"time_zone": campaign.team.time_zone}
    )
    if form.is_bound and form.is_valid():
        assert request.user.pk is not None  # noqa: S101 -- signed in
        export = Export(owner_id=request.user.pk, campaign=campaign, **form.cleaned_data)
        return redirect("export", public_id=jobs.ask(export).public_id)
    mine = Export.objects.filter(owner_id=request.user.pk, campaign=campaign)
    context = {
        **campaign_context(request, campaign, "exports"),
        "form": form,
        "exports": [_shown(one) for one in mine.order_by("-created_at")[:_SHOWN]],
    }
    status = 422 if form.is_bound else 200
    return render(request, "organize/exports.html", context, status=status)


def _mine(request: HttpRequest, public_id: UUID) -> Export:
    """Return one's own export, as long as one may see the campaign's people; Http404 otherwise."""
    rows = Export.objects.select_related("campaign__team")
    export = get_object_or_404(rows, public_id=public_id, owner_id=request.user.pk or 0)
    access.campaign_for_member(request.user, export.campaign.public_id)
    return export


def _shown(export: Export) -> dict[str, Any]:
    total = max(export.rows_total, export.rows_written)
    return {
        "id": export.public_id,
        "name": _NAMES[export.kind],
        "format": export.format.upper(),
        "state": export.state,
        "rows": export.rows_written,
        "total": total,
        "created_at": export.created_at,
        "expires_at": export.expires_at,
        "is_running": export.state in {ExportState.QUEUED, ExportState.RUNNING},
    }


@never_cache
@login_required
@require_safe
def export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One export: how far it is, its file, and the way to end it."""
    found = _mine(request, public_id)
    context = {
        **campaign_context(request, found.campaign, "exports"),
        "export": _shown(found),
    }
    return render(request, "organize/export.html", context)


@login_required
@require_POST
def export_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End an export that is still being written."""
    jobs.cancel(_mine(request, public_id))
    return redirect("export", public_id=public_id)


@never_cache
@login_required
@require_safe
def export_file(request: HttpRequest, public_id: UUID) -> HttpResponse | FileResponse:
    """Hand out the file to who asked for it; 404 once it is gone."""
    found = _mine(request, public_id)
    is_over = found.expires_at is None or found.expires_at <= clock.now()
    if found.state != ExportState.DONE or is_over or not jobs.path_of(found).exists():
        raise Http404
    name = f"{found.campaign.slug}-{found.kind}.{found.format}"
    return FileResponse(jobs.path_of(found).open("rb"), as_attachment=True, filename=name)
