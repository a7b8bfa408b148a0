"""An organizer's page of who was there: by hand, and from a provider's report."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from donations.views.organize_workshop import workshop_context
from events.forms.rooms import ReportForm
from events.models import Registration, Workshop
from events.services import access
from events.services.attendees import attendee
from events.services.room import attendance, attendance_reports
from events.services.room.attendance_reports import ReportError
from events.states import AttendanceSource

_PAGE = 50
#: So many names are offered to be ticked after a report; more are counted.
_MOST_SHOWN = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_attendance(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everybody with a seat, with a tick at those who were there; POST saves one page's ticks."""
    found = access.workshop_for_member(request.user, public_id)
    if request.method == "POST":
        return _save(request, found)
    return _show(request, found, ReportForm())


def _show(
    request: HttpRequest, workshop: Workshop, form: ReportForm, *, status: int = 200
) -> HttpResponse:
    page = Paginator(attendance.people(workshop), _PAGE).get_page(request.GET.get("page"))
    context = {
        **workshop_context(request, workshop, "attendance"),
        "form": form,
        "page_obj": page,
        "people": [_person(one) for one in page],
        "shown": _joined(page.object_list),
        "seen": _joined(one for one in page if one.attended),
        "counts": attendance.counts(workshop),
        "report_url": reverse("attendance_report", args=[workshop.public_id]),
    }
    return render(request, "organize/attendance.html", context, status=status)


def _person(one: Registration) -> dict[str, Any]:
    person = attendee(one)
    zone = ZoneInfo(one.booking.workshop.time_zone)
    return {
        "id": one.pk,
        "name": person.name or _("Guest of %(name)s") % {"name": one.booking.name},
        "email": person.email,
        "attended": one.attended,
        "source": one.attendance_source,
        "joined_at": one.joined_at and one.joined_at.astimezone(zone),
    }


def _joined(rows: Any) -> str:
    return ",".join(str(one.pk) for one in rows)


def _ids(text: str) -> set[int]:
    """Return the numbers of a hidden field; what is none is left out."""
    return {int(one) for one in text[:200_000].split(",") if one.isdecimal() and len(one) < 18}


def _save(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Save the ticks: only what this person saw otherwise is taken away."""
    shown, seen = _ids(request.POST.get("shown", "")), _ids(request.POST.get("seen", ""))
    ticked = _ids(",".join(request.POST.getlist("present"))) & shown
    attendance.mark_present(workshop, ticked - seen, AttendanceSource.HAND)
    attendance.mark_absent(workshop, (seen & shown) - ticked)
    messages.success(request, _("Saved."))
    page = request.POST.get("page", "")
    query = f"?page={page}" if page.isdecimal() else ""
    return redirect(reverse("workshop_attendance", args=[workshop.public_id]) + query)


@login_required
@require_POST
def attendance_report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what a provider's file says, before anything is changed."""
    found = access.workshop_for_member(request.user, public_id)
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        participants = attendance_reports.read(form.cleaned_data["report"])
    except ReportError as error:
        form.add_error("report", _sentence(error))
        return _show(request, found, form, status=422)
    matches = attendance.match(found, participants)
    context = {
        **workshop_context(request, found, "attendance"),
        "total": len(participants),
        "sure": [_person(one) for one in matches.sure],
        "sure_ids": _joined(matches.sure),
        "by_name": [
            {"participant": participant, **_person(one)}
            for participant, one in matches.by_name[:_MOST_SHOWN]
        ],
        "ambiguous": matches.ambiguous[:_MOST_SHOWN],
        "unknown": matches.unknown[:_MOST_SHOWN],
        "unknown_more": max(len(matches.unknown) - _MOST_SHOWN, 0),
        "apply_url": reverse("attendance_apply", args=[found.public_id]),
        "back_url": reverse("workshop_attendance", args=[found.public_id]),
    }
    return render(request, "organize/attendance_report.html", context)


def _sentence(error: ReportError) -> str:
    return {
        "empty": _("The file is empty."),
        "too_long": _("The file is too long: at most 2 MB and 20,000 lines."),
        "workbook": _("This is a workbook of a spreadsheet. Save it as CSV and choose that file."),
        "no_columns": _(
            "No column with names was found. Choose the file as Zoom, Google Meet or "
            "BigBlueButton gave it to you."
        ),
        "malformed": _("The file cannot be read: it is damaged, or not a CSV file."),
        "nobody": _("Nobody is in this report."),
    }[error.problem]


@login_required
@require_POST
def attendance_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record what was shown and confirmed. Whoever clicked their link stays as they are."""
    found = access.workshop_for_member(request.user, public_id)
    chosen = _ids(request.POST.get("sure", "")) | _ids(",".join(request.POST.getlist("named")))
    count = attendance.mark_present(found, chosen, AttendanceSource.REPORT)
    text = ngettext(
        "%(count)d more person is recorded as present.",
        "%(count)d more people are recorded as present.",
        count,
    )
    messages.success(request, text % {"count": count})
    return redirect("workshop_attendance", public_id=public_id)
