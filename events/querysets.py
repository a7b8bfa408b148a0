"""Named filters and annotations. They never write."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from events.states import SEAT_HOLDING, BookingState, CampaignState, WorkshopState

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from events.models import Booking, Campaign, Workshop  # noqa: F401


class CampaignQuerySet(QuerySet["Campaign"]):
    """Campaigns, filtered by who may see them."""

    def visible(self) -> CampaignQuerySet:
        """All that anybody may see: a closed or archived one stays as a record."""
        return self.exclude(state=CampaignState.DRAFT)

    def open(self, now: datetime) -> CampaignQuerySet:
        """Those that take gifts at ``now`` (aware)."""
        return self.filter(state=CampaignState.PUBLISHED).filter(
            Q(closes_at__isnull=True) | Q(closes_at__gt=now)
        )

    def of_member(self, user: AbstractBaseUser | AnonymousUser) -> CampaignQuerySet:
        """Those of the teams in which ``user`` has any role."""
        return self.filter(team__membership__user_id=user.pk or 0)


class WorkshopQuerySet(QuerySet["Workshop"]):
    """Workshops, filtered by who may see them."""

    def visible(self) -> WorkshopQuerySet:
        """All but drafts: a cancelled one says that it is cancelled."""
        return self.exclude(state=WorkshopState.DRAFT)


class BookingQuerySet(QuerySet["Booking"]):
    """Bookings by what they hold."""

    def holding_seats(self) -> BookingQuerySet:
        """Those whose seats count as taken."""
        return self.filter(state__in=SEAT_HOLDING)

    def confirmed_for(self, workshop_id: int, email: str) -> BookingQuerySet:
        """Confirmed ones of an address in a workshop, whatever the letter case."""
        return self.filter(
            workshop_id=workshop_id, state=BookingState.CONFIRMED, email__iexact=email
        )
