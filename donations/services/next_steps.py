"""What an organizer would do next for a campaign: one step, the most pressing first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from donations.services.totals import Totals
from events.models import Campaign, Workshop
from events.states import CampaignState, Destination, RoomKind, WorkshopState

#: From then on a workshop should have its room, and until then its recording is still awaited.
SOON: Final = timedelta(days=7)
AWAITED: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``kind`` is stable; templates choose the words."""

    kind: str
    workshop: Workshop | None = None


def of(campaign: Campaign, workshops: Sequence[Workshop], total: Totals, now: datetime) -> Step:
    """Return the next step; ``workshops`` are all of the campaign's, the earliest first."""
    if campaign.state == CampaignState.DRAFT:
        return Step("finish")
    held = [one for one in workshops if one.state == WorkshopState.PUBLISHED]
    for one in held:
        if now < one.ends_at and one.starts_at <= now + SOON and _is_without_room(one):
            return Step("room", one)
    if campaign.state == CampaignState.PUBLISHED and not [
        one for one in workshops if one.state != WorkshopState.CANCELLED
    ]:
        return Step("add_workshop")
    drafts = [one for one in workshops if one.state == WorkshopState.DRAFT]
    if campaign.state == CampaignState.PUBLISHED and drafts and not held:
        return Step("publish_workshop", drafts[0])
    for one in held:
        if one.ends_at <= now <= one.ends_at + AWAITED and one.seats_taken and not one.replay_url:
            return Step("replay", one)
    if campaign.state != CampaignState.PUBLISHED:
        collects = campaign.destination == Destination.TEAM and not campaign.test_mode
        return Step("send_on" if collects and total.outstanding.minor > 0 else "thank")
    return Step("share")


def _is_without_room(workshop: Workshop) -> bool:
    return workshop.room_kind == RoomKind.ADDRESS and not workshop.join_url
