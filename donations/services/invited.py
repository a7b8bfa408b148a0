"""Who of the invited came: by their link, or by their address another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Upper

from donations.models import Donation
from events.models import Booking, Campaign, ListInvitation
from events.states import BookingState

_YES: Final = Value(True)  # noqa: FBT003 -- Django's signature
_NO: Final = Value(False)  # noqa: FBT003


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many were invited to a campaign and its workshops, and how many of them came."""

    invited: int
    came: int


def of_campaign(campaign: Campaign) -> QuerySet[Any]:
    """Return the invitations, the latest first, each knowing whether its person ``came``."""
    by_link = Donation.objects.filter(invitation=OuterRef("pk"), net_minor__gt=0)
    seats = Booking.objects.annotate(upper=Upper("email")).filter(
        workshop__campaign=campaign,
        state=BookingState.CONFIRMED,
        upper=Upper(OuterRef("invitee__email")),
    )
    gave = Donation.objects.annotate(upper=Upper("email")).filter(
        campaign=campaign, net_minor__gt=0, upper=Upper(OuterRef("invitee__email"))
    )
    known = ~Q(invitee__email="")
    rows = ListInvitation.objects.filter(campaign=campaign).annotate(
        came=Case(
            When(Exists(by_link), then=_YES),
            When(known & (Exists(seats) | Exists(gave)), then=_YES),
            default=_NO,
        )
    )
    return rows.select_related("invitee", "workshop").order_by("-created_at", "-pk")


def numbers(campaign: Campaign) -> Numbers:
    """Return the figures of all of them."""
    rows = of_campaign(campaign)
    return Numbers(invited=rows.count(), came=rows.filter(came=True).count())
