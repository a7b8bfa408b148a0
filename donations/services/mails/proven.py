"""Whether an address has paid or taken a seat: then mails to it are no longer capped."""

from __future__ import annotations

from donations.models import Donation
from donations.states import DonationState
from events.models import Booking


def is_proven(email: str) -> bool:
    """Return whether a gift of this address was paid, or a seat of it was ever confirmed."""
    paid = Donation.objects.filter(email__iexact=email, state=DonationState.PAID).exists()
    seated = Booking.objects.filter(email__iexact=email, confirmed_at__isnull=False).exists()
    return paid or seated
