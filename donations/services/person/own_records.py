"""Everything of one e-mail address: seats, gifts, and the years in which they were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from donations.models import Acknowledgement, Claim, Donation
from donations.querysets import DonationQuerySet
from events.models import Booking, Host, Invitation, Registration
from events.states import BookingState
from fundraiser.core.money import Money


@dataclass(frozen=True, slots=True)
class Year:
    """The gifts of one calendar year (UTC) in one currency: sums are never made across."""

    year: int
    currency: str
    given: Money
    given_back: Money
    gifts: Sequence[Donation]

    @property
    def left(self) -> Money:
        """What was not given back."""
        return self.given - self.given_back


def bookings_of(email: str) -> QuerySet[Booking]:
    """Return what an address booked, latest workshop first."""
    rows = Booking.objects.filter(email__iexact=email).select_related("workshop__campaign__team")
    return rows.order_by("-workshop__starts_at", "-pk")


def registrations_of(email: str) -> QuerySet[Registration]:
    """Return the seats of an address, those that somebody else booked for it included.

    A seat without an address of its own is the payer's: its mails go there.
    """
    rows = Registration.objects.select_related("booking__workshop__campaign__team")
    own = Q(email__iexact=email) | Q(email="", booking__email__iexact=email)
    return rows.filter(own).order_by("-booking__workshop__starts_at", "-pk")


def shown_bookings(email: str) -> list[Booking]:
    """Return the bookings that its payer would look for: not the attempts that came to nothing."""
    return list(bookings_of(email).exclude(state__in=[BookingState.HELD, BookingState.EXPIRED]))


def shown_seats(email: str) -> list[Registration]:
    """Return the confirmed seats that somebody else booked for the address."""
    rows = registrations_of(email).filter(booking__state=BookingState.CONFIRMED)
    return list(rows.exclude(booking__email__iexact=email))


def invitations_of(email: str) -> QuerySet[Invitation]:
    """Return the places in teams that an address is offered."""
    return Invitation.objects.filter(email__iexact=email).select_related("team").order_by("pk")


def hosts_of(email: str) -> QuerySet[Host]:
    """Return where an address speaks, or spoke, latest workshop first."""
    rows = Host.objects.filter(email__iexact=email).select_related("workshop__campaign__team")
    return rows.order_by("-workshop__starts_at", "-pk")


def acknowledgements_of(email: str) -> QuerySet[Acknowledgement]:
    """Return what an address was asked in a charity's name, and answered, latest first."""
    rows = Acknowledgement.objects.filter(email__iexact=email)
    return rows.select_related("remittance__campaign").order_by("-asked_at", "-pk")


def donations_of(email: str) -> DonationQuerySet:
    """Return every attempt to give of an address, latest first."""
    rows = Donation.objects.filter(email__iexact=email)
    return rows.select_related("campaign__team", "workshop", "booking").order_by("-created_at")


def claims_of(email: str) -> QuerySet[Claim]:
    """Return every gift that an address showed by receipt, latest first."""
    rows = Claim.objects.filter(email__iexact=email)
    return rows.select_related("campaign", "workshop", "booking").order_by("-created_at", "-pk")


def gifts_of(email: str) -> list[Donation]:
    """Return what an address paid, latest first."""
    return list(donations_of(email).paid().order_by("-paid_at"))


def years(gifts: Sequence[Donation]) -> list[Year]:
    """Return paid donations by year and currency, latest year first; test money is in none."""
    found: dict[tuple[int, str], list[Donation]] = {}
    for gift in gifts:
        if gift.paid_at is not None and not gift.campaign.test_mode:
            found.setdefault((gift.paid_at.year, gift.currency), []).append(gift)
    ordered = sorted(found.items(), key=lambda one: (-one[0][0], one[0][1]))
    return [_year(year, currency, some) for (year, currency), some in ordered]


def _year(year: int, currency: str, gifts: Sequence[Donation]) -> Year:
    given = sum((one.amount for one in gifts), Money(0, currency))
    back = sum((one.refunded for one in gifts), Money(0, currency))
    return Year(year, currency, given, back, gifts)
