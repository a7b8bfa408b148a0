"""Estimates of Stripe's fee, shown before a payment and called so; the exact fee comes after."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from fundraiser.core.money import Money, exponent, step


@dataclass(frozen=True, slots=True)
class FeeEstimate:
    """``percent_basis_points`` of the charge plus ``fixed_minor``."""

    percent_basis_points: int
    fixed_minor: int
    currency: str
    exponent: int
    step: int

    def cover(self, gift: Money) -> Money:
        """Return what to add so that about the whole gift arrives."""
        return gift.grossed_up(self.percent_basis_points, self.fixed_minor) - gift


def estimate(currency: str) -> FeeEstimate:
    """Return the estimate for a currency."""
    basis_points, fixed = settings.FEE_ESTIMATES.get(currency, settings.FEE_ESTIMATE_DEFAULT)
    return FeeEstimate(basis_points, fixed, currency, exponent(currency), step(currency))
