"""Exports as organizers read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from donations.models import Export
from donations.services.exports.names import NAMES
from donations.states import ExportState
from donations.views.language import language
from fundraiser.core import zones


def shown(export: Export) -> dict[str, Any]:
    """Return what pages say of one."""
    total = max(export.rows_total, export.rows_written)
    return {
        "id": export.public_id,
        "name": NAMES[export.kind],
        "format": export.format.upper(),
        "about": _about(export),
        "state": export.state,
        "problem": export.problem,
        "rows": export.rows_written,
        "rows_told": number_format(export.rows_written, force_grouping=True),
        "total": total,
        "total_told": number_format(total, force_grouping=True),
        "expires_at": export.expires_at,
        "is_running": export.state in {ExportState.QUEUED, ExportState.RUNNING},
    }


def _about(export: Export) -> str:
    """Return which rows it is about, as far as that was chosen, and when it was asked for."""
    told = [
        export.workshop.title if export.workshop else "",
        _days(export.first_day, export.last_day),
        export.currency,
        _("asked for on %(moment)s")
        % {"moment": zones.long_text(export.created_at, export.time_zone, language())},
    ]
    return " · ".join(one for one in told if one)


def _days(first: date | None, last: date | None) -> str:
    days = {
        name: date_format(one, "j F Y") for name, one in (("first", first), ("last", last)) if one
    }
    if first and last:
        return _("from %(first)s to %(last)s") % days
    if first:
        return _("from %(first)s on") % days
    return _("until %(last)s") % days if last else ""
