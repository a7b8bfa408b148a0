"""The mail that tells of a scheduled export. None: not due."""

from __future__ import annotations

from babel.dates import format_interval
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from donations.models import Export
from donations.services.exports import schedules
from donations.services.exports.names import NAMES
from donations.states import ExportState
from events.models import Message
from events.services.mails.emails import absolute, compose
from fundraiser.core import zones


def scheduled(message: Message) -> EmailMultiAlternatives | None:
    """A file is there, or could not be written; not due for who may not have it any more.

    Nor once its schedule is removed, or the file is gone.
    """
    related = ("owner", "schedule", "campaign__team", "team", "workshop__campaign")
    rows = Export.objects.select_related(*related)
    export = rows.filter(pk=message.ids["export"]).first()
    if export is None or export.schedule is None:
        return None
    if export.state not in {ExportState.DONE, ExportState.FAILED}:
        return None
    team = schedules.team_of(export)
    if not schedules.may_get(team=team).filter(pk=export.owner_id).exists():
        return None
    language = export.schedule.language
    with translation.override(language):
        context = {
            "what": str(NAMES[export.kind]),
            "about": _about(export, language),
            "period": format_interval(export.first_day, export.last_day, "yMMMd", locale=language),
            "is_failed": export.state == ExportState.FAILED,
            "rows": export.rows_written,
            "kept_until": zones.long_text(export.expires_at, export.time_zone, language)
            if export.expires_at
            else "",
            "url": absolute(reverse("export", args=[export.public_id])),
            "exports_url": absolute(_exports_url(export)),
        }
    return compose(
        "scheduled_export",
        to=export.owner.email,
        language=language,
        reply_to=team.reply_to if team else settings.DEFAULT_FROM_EMAIL,
        context=context,
    )


def _about(export: Export, language: str) -> str:
    """Return whose rows are in it; empty: the whole site's."""
    if export.campaign is not None:
        parts = (export.campaign, export.workshop)
        return " · ".join(one.text("title", language) for one in parts if one)
    return export.team.name if export.team else ""


def _exports_url(export: Export) -> str:
    if export.campaign is not None:
        return reverse("campaign_exports", args=[export.campaign.public_id])
    if export.team is not None:
        return reverse("team_exports", args=[export.team.public_id])
    return reverse("site_exports")
