"""What the machine's world is made of: places to give at, attempts to pay, and disputes."""

from __future__ import annotations

from dataclasses import dataclass

from donations.services import checkout
from events.models import Booking, Campaign, Workshop


@dataclass(frozen=True)
class Place:
    """Where a visitor gives: a workshop, or a campaign without one; or an offer's own form."""

    campaign: Campaign
    workshop: Workshop | None
    booking: Booking | None = None


@dataclass
class Attempt:
    """One session that a visitor got, and what Stripe did with it."""

    donation: int
    session: str
    place: Place
    gift: checkout.Gift
    paid: bool = False
    processing: bool = False
    ended: bool = False
    tampered: str = ""
    #: What a payment pays: another amount than the gift's where the session says so by then.
    minor: int = 0

    def __post_init__(self) -> None:
        self.minor = self.minor or self.gift.amount.minor


@dataclass
class Case:
    """A dispute or inquiry at Stripe."""

    id: str
    attempt: Attempt
    inquiry: bool
    status: str = "open"
