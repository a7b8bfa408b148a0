"""The least that can be charged, in minor units (docs.stripe.com/currencies, minimum amounts)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from fundraiser.core.money import Money

#: In major units; 1 where Stripe states none.
_MAJOR: Final = {
    **dict.fromkeys("USD EUR CHF CAD AUD NZD SGD BRL INR ZAR ILS PHP ARS COP IDR".split(), "0.50"),
    "GBP": "0.30",
    **dict.fromkeys("AED MYR PLN RON".split(), "2"),
    "DKK": "2.50",
    "NOK": "3",
    "SEK": "3",
    "HKD": "4",
    "MXN": "10",
    "THB": "10",
    "CZK": "15",
    "JPY": "50",
    "KRW": "50",
    "HUF": "175",
}
_DEFAULT: Final = "1"
#: docs.stripe.com/currencies, "Maximum amounts": eight digits of minor units.
_MAXIMUM_MINOR: Final = 99_999_999


def minimum(currency: str) -> Money:
    """Return the least chargeable amount of a currency."""
    return Money.from_major(Decimal(_MAJOR.get(currency, _DEFAULT)), currency)


def limits(currency: str) -> tuple[Money, Money]:
    """Return the least and the most that one charge can be."""
    return minimum(currency), maximum(currency)


def maximum(currency: str) -> Money:
    """Return the most that one charge can be."""
    return Money(_MAXIMUM_MINOR, currency)
