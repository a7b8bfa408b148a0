"""A campaign's workshops as its organizers list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from donations.services import pages
from events.models import Booking, Campaign
from events.querysets import somebody_waits
from events.states import BookingState


@dataclass(frozen=True, slots=True)
class Row:
    """One workshop of the list. ``shown`` is what its public page says of it."""

    public_id: UUID
    shown: pages.WorkshopPage
    state: str
    seats: int
    requests: int
    series_title: str
    starts_at: datetime


def rows(campaign: Campaign, language: str) -> Sequence[Row]:
    """Return all of a campaign's workshops, drafts included, the coming ones first: two queries."""
    asking = Booking.objects.filter(
        workshop__campaign=campaign, state=BookingState.WAITING, awaits_approval=True
    )
    counted = dict(asking.values_list("workshop").annotate(Count("pk")).order_by())
    found = campaign.workshops.select_related("series").order_by("starts_at", "pk")
    line = found.annotate(has_line=somebody_waits())  # type: ignore[no-redef]  # its default
    listed = []
    for workshop in line:
        workshop.campaign = campaign
        listed.append(
            Row(
                public_id=workshop.public_id,
                shown=pages.workshop_page(workshop, language),
                state=workshop.state,
                seats=workshop.seats_taken,
                requests=counted.get(workshop.pk, 0),
                series_title=workshop.series.text("title", language) if workshop.series else "",
                starts_at=workshop.starts_at,
            )
        )
    return sorted(listed, key=lambda one: one.shown.status == "past")
