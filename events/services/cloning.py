"""More dates of a workshop: copies of all that was written, and of nobody who came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from events.models import Campaign, Host, MailText, Workshop
from events.services import campaigns, publishing, series_edits, workshop_slugs
from events.services.series_edits import Choice
from events.states import WorkshopState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

MOST_DATES: Final = 20
#: Each date has its own: what it is called in addresses, who is in it, and what became of it.
_OWN: Final = frozenset(
    {
        "id",
        "public_id",
        "slug",
        "starts_at",
        "seats_taken",
        "registration_opens_at",
        "registration_closes_at",
        "room_secret",
        "replay_url",
        "replay_for_gifts",
        "schedule_version",
        "state",
        "cancelled_at",
        "cancel_note",
        "created_at",
    }
)


class TooManyError(ServiceError):
    """More dates than can be made at once."""

    code = "too_many"


def clone(
    *,
    workshop: Workshop,
    starts: Sequence[datetime],
    with_hosts: bool,
    publish: bool,
    series: Choice,
) -> list[Workshop]:
    """Write a copy of a workshop for each start (aware), and return them: drafts, or published.

    Own words of mails and reminders come along, and the speakers if wanted, who get their links
    when a copy is published. What registration's times are to the start, they stay. With a series,
    the first workshop goes into it, too. A copy that cannot be published stays a draft.
    Raises TooManyError.
    """
    if len(starts) > MOST_DATES:
        raise TooManyError(str(len(starts)))
    with transaction.atomic():
        Campaign.objects.select_for_update(no_key=True).get(pk=workshop.campaign_id)
        chosen = series_edits.chosen(workshop, series)
        made = [_copy(workshop, start, chosen) for start in starts]
        for one in made:
            _copy_words(workshop, one)
            if with_hosts:
                _copy_hosts(workshop, one)
        campaigns.content_changed(workshop.campaign_id)
    if publish:
        for one in made:
            if not publishing.obstacles(one):
                publishing.publish(one.pk)
                one.state = WorkshopState.PUBLISHED
    return made


def _copy(workshop: Workshop, start: datetime, series_id: int | None) -> Workshop:
    fields = [one.attname for one in Workshop._meta.concrete_fields]  # noqa: SLF001 -- documented
    same: dict[str, Any] = {name: getattr(workshop, name) for name in fields if name not in _OWN}
    return Workshop.objects.create(
        **{**same, "series_id": series_id},
        slug=workshop_slugs.for_workshop(workshop.campaign, workshop.title),
        starts_at=start,
        registration_opens_at=_shifted(workshop, workshop.registration_opens_at, start),
        registration_closes_at=_shifted(workshop, workshop.registration_closes_at, start),
        state=WorkshopState.DRAFT,
        created_at=clock.now(),
    )


def _shifted(workshop: Workshop, moment: datetime | None, start: datetime) -> datetime | None:
    """Return a moment as long before a new start as it is before the old one, as clocks show it."""
    if moment is None:
        return None
    zone = ZoneInfo(workshop.time_zone)
    old, new, then = (_naive(one, zone) for one in (workshop.starts_at, start, moment))
    distance: timedelta = old - then
    return (new - distance).replace(tzinfo=zone)


def _naive(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _copy_words(workshop: Workshop, copy: Workshop) -> None:
    MailText.objects.bulk_create(
        MailText(
            workshop=copy,
            kind=one.kind,
            language=one.language,
            subject=one.subject,
            body=one.body,
            updated_at=clock.now(),
        )
        for one in workshop.mail_texts.all()
    )


def _copy_hosts(workshop: Workshop, copy: Workshop) -> None:
    Host.objects.bulk_create(
        Host(
            workshop=copy,
            name=one.name,
            email=one.email,
            language=one.language,
            time_zone=one.time_zone,
            created_at=clock.now(),
        )
        for one in workshop.hosts.all()
    )
