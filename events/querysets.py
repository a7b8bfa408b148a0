"""Named filters and annotations. They never write."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from events.states import BookingState, CampaignState, TeamState, WorkshopState

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from events.models import Booking, Campaign, Workshop  # noqa: F401


def somebody_waits() -> Exists:
    """Whether anybody who may have one waits for a seat of the workshop of the outer query."""
    booking: type[Booking] = apps.get_model("events", "Booking")
    waiting = booking.objects.filter(
        workshop=OuterRef("pk"), state=BookingState.WAITING, awaits_approval=False
    )
    return Exists(waiting)


class CampaignQuerySet(QuerySet["Campaign"]):
    """Campaigns, filtered by who may see them."""

    def visible(self) -> CampaignQuerySet:
        """All that anybody may see: a closed or archived one stays as a record.

        A suspended one is among them, since its address says so; one of a team that waits for
        approval is not, whatever its own state.
        """
        return self.exclude(state=CampaignState.DRAFT).exclude(team__state=TeamState.PENDING)

    def not_suspended(self) -> CampaignQuerySet:
        """Those that no admin suspended, nor their team."""
        return self.filter(suspended_at__isnull=True, team__suspended_at__isnull=True)

    def real(self) -> CampaignQuerySet:
        """Those whose money is real: the only ones in lists and sums of several campaigns."""
        return self.filter(test_mode=False)

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
        """All but drafts, each knowing ``has_line``: a cancelled one says that it is cancelled."""
        rows = self.exclude(state=WorkshopState.DRAFT)
        return rows.annotate(has_line=somebody_waits())  # type: ignore[no-redef]  # its default


class BookingQuerySet(QuerySet["Booking"]):
    """Bookings by what they hold."""

    def in_line(self, workshop_id: int) -> BookingQuerySet:
        """Those that wait for a seat of a workshop, the first to be served first.

        Each with ``in_line_since``: an approved request stands there since its yes.
        """
        rows = self.filter(
            workshop_id=workshop_id, state=BookingState.WAITING, awaits_approval=False
        )
        since = Coalesce("approved_at", "created_at")
        return rows.annotate(in_line_since=since).order_by("in_line_since", "pk")

    def requests(self, workshop_id: int) -> BookingQuerySet:
        """Those that ask for a seat of a workshop and have no answer, the first one first."""
        rows = self.filter(
            workshop_id=workshop_id, state=BookingState.WAITING, awaits_approval=True
        )
        return rows.order_by("created_at", "pk")

    def confirmed_for(self, workshop_id: int, email: str) -> BookingQuerySet:
        """Confirmed ones of an address in a workshop, whatever the letter case."""
        return self.filter(
            workshop_id=workshop_id, state=BookingState.CONFIRMED, email__iexact=email
        )
