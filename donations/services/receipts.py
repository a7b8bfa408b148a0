"""What a giver's own pages tell about one payment."""

from __future__ import annotations

from donations.models import Donation
from donations.states import Kind
from fundraiser.core.money import Money


def exact_fee(donation: Donation) -> Money | None:
    """Return the fee that Stripe took for a payment, or None as long as it is not known."""
    entry = donation.entries.filter(kind=Kind.FEE).first()
    return Money(entry.amount_minor, entry.currency) if entry else None
