"""Rooms: the address to which a person is sent on, worked out at the moment of the click.

It stands in the Location of the answer to that click and nowhere else: in no page, no mail and no
calendar file.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from events.models import Campaign, Workshop
from events.services import campaigns
from events.services.room import bigbluebutton
from events.states import RoomKind, WorkshopState
from fundraiser.core.errors import ServiceError


class NoRoomError(ServiceError):
    """The organizer has set no room yet, or the server that makes it does not answer."""

    code = "no_room"
    retryable = True


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a workshop's room and its replay are."""

    kind: RoomKind
    join_url: str
    replay_url: str
    replay_for_gifts: bool


def change(workshop: Workshop, chosen: Settings) -> None:
    """Set the room and the replay; whoever clicks from now on is sent there."""
    Workshop.objects.filter(pk=workshop.pk).update(
        room_kind=chosen.kind,
        join_url=chosen.join_url,
        replay_url=chosen.replay_url,
        replay_for_gifts=chosen.replay_for_gifts,
    )
    campaigns.content_changed(workshop.campaign_id)


def rename(workshop: Workshop) -> None:
    """Give a room that is made by itself another name: who kept the old address stays outside."""
    Workshop.objects.filter(pk=workshop.pk).update(room_secret=uuid.uuid4())


def revoke_stage(campaign: Campaign) -> None:
    """Make the address of the campaign's on-stage page another one."""
    Campaign.objects.filter(pk=campaign.pk).update(stage_version=F("stage_version") + 1)


def missing(campaign_ids: Collection[int], now: datetime) -> list[Workshop]:
    """Return the workshops that run, or start within a day from ``now`` (aware), with no room."""
    rows = Workshop.objects.filter(
        campaign_id__in=campaign_ids,
        state=WorkshopState.PUBLISHED,
        starts_at__gt=now - timedelta(days=1),
        starts_at__lte=now + timedelta(days=1),
    )
    soon = rows.select_related("campaign").order_by("starts_at")
    return [one for one in soon if one.ends_at > now and not is_set(one)]


def is_set(workshop: Workshop) -> bool:
    """Return whether there is a room to go to, as far as that is known without asking anybody."""
    if workshop.room_kind == RoomKind.ADDRESS:
        return bool(workshop.join_url)
    return workshop.room_kind == RoomKind.JITSI or bigbluebutton.is_configured()


def address(workshop: Workshop, *, person: str, person_id: str, language: str, host: bool) -> str:
    """Return the room's address for one person, made now if it is made by itself.

    ``person`` is the name that others in the room see. May ask a BigBlueButton server, so it is
    called outside transactions. Raises NoRoomError.
    """
    if not is_set(workshop):
        raise NoRoomError(str(workshop.pk))
    if workshop.room_kind == RoomKind.ADDRESS:
        return workshop.join_url
    if workshop.room_kind == RoomKind.JITSI:
        return f"{settings.JITSI_URL}/{workshop.room_secret.hex}"
    title = workshop.text("title", language)
    meeting = bigbluebutton.Meeting(id=workshop.room_secret.hex, title=title)
    try:
        bigbluebutton.create(meeting)
    except bigbluebutton.BigBlueButtonError as error:
        raise NoRoomError(str(error)) from error
    return bigbluebutton.join_address(meeting, name=person, person_id=person_id, host=host)


def check_address(value: str) -> None:
    """Raise ValidationError where a room's or replay's address is not plain https.

    Whoever joins is sent there: a name and password in it would be given to everybody, and
    another scheme would be run by the browser.
    """
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname:
        raise ValidationError(_("Write the whole address, beginning with https://."))
    if parts.username or parts.password:
        raise ValidationError(_("Leave the name and password out of the address."))
