"""Whether an address has paid or taken a seat: then mails to it are no longer capped."""

from __future__ import annotations

from donations.models import Donation
from donations.states import DonationState
from events.models import Booking


def is_proven(email: str) -> bool:
    """Return whether a gift of this address was paid, or a seat of it was ever confirmed.

    Of real campaigns alone: test money is everybody's.
    """
    paid = Donation.objects.filter(email__iexact=email, state=DonationState.PAID)
    seated = Booking.objects.filter(email__iexact=email, confirmed_at__isnull=False)
    is_paid = paid.filter(campaign__test_mode=False).exists()
    is_seated = seated.filter(workshop__campaign__test_mode=False).exists()
    return is_paid or is_seated
