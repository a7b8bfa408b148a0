"""Money as Stripe counts it: integer minor units and a currency, never a float.

The exponents are Stripe's, not ISO 4217's (docs.stripe.com/currencies, "Zero-decimal currencies",
"Three-decimal currencies" and "Special cases"). This module is the only place that rounds.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from typing import Final

from babel import Locale

ZERO_DECIMAL: Final = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()
)
THREE_DECIMAL: Final = frozenset("BHD JOD KWD OMR TND".split())
#: Sent to Stripe with two decimals that must be zero: multiples of 100 minor units.
WHOLE_HUNDREDS: Final = frozenset("ISK UGX".split())
TWO_DECIMAL: Final = frozenset(
    """USD EUR CHF CAD AUD NZD SGD BRL INR ZAR ILS PHP ARS COP IDR GBP AED MYR PLN RON DKK NOK SEK
    HKD MXN THB CZK HUF TWD BGN""".split()
)
SUPPORTED: Final = TWO_DECIMAL | ZERO_DECIMAL | THREE_DECIMAL | WHOLE_HUNDREDS

#: Enough digits that nothing which is read is ever rounded.
_EXACT: Final = Context(prec=400)

_LETTER_BEFORE_DIGIT: Final = re.compile(r"(?<=[A-Za-z])(?=\d)")
#: The locale whose CLDR patterns a language of the site uses.
LOCALES: Final = {"en": "en_US", "fr": "fr_FR"}


class CurrencyMismatchError(ArithmeticError):
    """Two amounts in different currencies were added, subtracted or compared."""


class InvalidAmountError(ValueError):
    """The amount cannot be charged in this currency (not whole, not a multiple, unknown)."""


def exponent(currency: str) -> int:
    """Return how many decimals Stripe's minor unit of ``currency`` has: 0, 2 or 3.

    Raises InvalidAmountError for a currency that the product does not take.
    """
    if currency in ZERO_DECIMAL:
        return 0
    if currency in THREE_DECIMAL:
        return 3
    if currency in TWO_DECIMAL or currency in WHOLE_HUNDREDS:
        return 2
    raise InvalidAmountError(f"unsupported currency {currency!r}")


def step(currency: str) -> int:
    """Return the smallest chargeable step in minor units: 100 for ISK and UGX, 10 for KWD, else 1.

    Source: docs.stripe.com/currencies, special cases; three-decimal amounts end in 0.
    """
    exponent(currency)
    if currency in WHOLE_HUNDREDS:
        return 100
    return 10 if currency in THREE_DECIMAL else 1


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in Stripe's minor units of one currency (upper-case ISO code). May be negative."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        exponent(self.currency)

    @classmethod
    def from_major(cls, amount: Decimal, currency: str) -> Money:
        """Return ``amount`` (major units) exactly; InvalidAmountError if it needs rounding."""
        if not isinstance(amount, Decimal):
            raise TypeError("major units are a Decimal")
        if not amount.is_finite():
            raise InvalidAmountError(f"{amount} is no amount")
        scaled = amount.scaleb(exponent(currency), _EXACT)
        if scaled != scaled.to_integral_value() or int(scaled) % step(currency):
            raise InvalidAmountError(f"{amount} is not a whole number of {currency} steps")
        return cls(int(scaled), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError("only Money goes with Money")
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} with {other.currency}")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def divided(self, by: int) -> Money:
        """Return the amount divided by a positive count, rounded half up to the chargeable step."""
        size = step(self.currency)
        steps = (2 * self.minor + by * size) // (2 * by * size)
        return Money(steps * size, self.currency)

    def grossed_up(self, basis_points: int, fixed_minor: int) -> Money:
        """Return the smallest charge that leaves this amount after a fee.

        The fee is ``basis_points`` of the charge plus ``fixed_minor``; the result is rounded up to
        the chargeable step, so the charity never gets less than was meant.
        """
        size = step(self.currency)
        numerator = (self.minor + fixed_minor) * 10_000
        denominator = (10_000 - basis_points) * size
        return Money(-(-numerator // denominator) * size, self.currency)

    def format(self, language: str = "en", *, short: bool = False) -> str:
        """Return the amount as people write it in ``language``: "$20.50" or "20,50 €".

        ``short`` leaves out the decimals of a whole amount ("$890").
        """
        digits = 0 if self.currency in WHOLE_HUNDREDS else exponent(self.currency)
        if short and self.major == self.major.to_integral_value():
            digits = 0
        return _format(self.minor, self.currency, digits, language[:2])


@lru_cache(maxsize=4096)
def _format(minor: int, currency: str, digits: int, language: str) -> str:
    locale = Locale.parse(LOCALES.get(language, "en_US"))
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    amount = Decimal(minor).scaleb(-exponent(currency))
    text: str = pattern.apply(amount, locale, currency=currency, currency_digits=False)
    # CLDR's currencySpacing, which Babel leaves to its callers: a space between letter and digit.
    return _LETTER_BEFORE_DIGIT.sub("\u00a0", text)
