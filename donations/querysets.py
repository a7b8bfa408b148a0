"""Named filters of donations. They never write."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from donations.states import LIVE, DonationState, Purpose

if TYPE_CHECKING:
    from donations.models import Donation  # noqa: F401


class DonationQuerySet(QuerySet["Donation"]):
    """Donations by what may still happen to them."""

    def live(self) -> DonationQuerySet:
        """Those that may still bring money."""
        return self.filter(state__in=LIVE)

    def paid(self) -> DonationQuerySet:
        """Those whose money arrived."""
        return self.filter(state=DonationState.PAID)

    def quarantined(self) -> DonationQuerySet:
        """Those that a person has to look at."""
        return self.exclude(quarantine="")

    def refused(self) -> DonationQuerySet:
        """Those for which the provider refused to make a payable page."""
        return self.filter(state=DonationState.FAILED, session_id__isnull=True)

    def asked_back(self) -> DonationQuerySet:
        """Gifts that their givers want back, and of which an organizer has to decide."""
        return self.paid().filter(
            refund_asked_at__isnull=False, refund_declined_at=None, net_minor__gt=0
        )

    def due_for_a_look(self, *, now: datetime, unanswered_since: datetime) -> DonationQuerySet:
        """Live ones that the sweeper asks Stripe about at ``now`` (aware).

        Created ones whose call to Stripe got no answer by ``unanswered_since``, open ones past
        their session's end, that gave way to another payment or whose campaign was suspended, and
        processing ones.
        """
        campaign = Q(campaign__suspended_at__isnull=False)
        suspended = campaign | Q(campaign__team__suspended_at__isnull=False)
        gave_way = Q(purpose=Purpose.GIFT, booking__isnull=False)
        return self.filter(
            Q(state=DonationState.CREATED, created_at__lte=unanswered_since)
            | (Q(state=DonationState.OPEN) & (gave_way | suspended))
            | Q(state=DonationState.OPEN, session_expires_at__lte=now)
            | Q(state=DonationState.PROCESSING)
        )
