"""Scheduled exports as organizers read them."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from donations.models import ExportSchedule
from donations.services.exports import schedules
from donations.services.exports.names import NAMES
from donations.states import Every
from donations.views.language import language
from fundraiser.core import zones

EVERY: Final = {
    Every.DAY: _("Every day, of the day before"),
    Every.WEEK: _("Every Monday, of the week before"),
    Every.MONTH: _("On the first of each month, of the month before"),
}


def shown(row: ExportSchedule) -> dict[str, Any]:
    """Return a line of the list."""
    entitled = set(schedules.may_get(team=schedules.team_of(row)).values_list("pk", flat=True))
    names = [one.get_full_name() or one.email for one in row.recipients.all() if one.pk in entitled]
    return {
        "id": row.public_id,
        "name": NAMES[row.kind],
        "workshop": row.workshop.text("title", language()) if row.workshop else "",
        "format": row.format.upper(),
        "every": EVERY[Every(row.every)],
        "at": f"{row.at:%H:%M}",
        "zone": row.time_zone,
        "recipients": ", ".join(sorted(names)),
        "next": zones.long_text(row.next_due, row.time_zone, language()),
        "is_paused": row.paused_at is not None,
    }
