"""Amounts as people type them."""

from __future__ import annotations

import pytest

from fundraiser.core import amounts
from fundraiser.core.money import InvalidAmountError

#: What is typed, in which currency and language -> minor units, or None where it is refused. The
#: script that shows the live line must read them the same way (tests/browser/test_scripts.py).
READINGS = [
    ("20", "USD", "en", 2000),
    ("20.5", "USD", "en", 2050),
    ("20,50", "USD", "en", 2050),
    ("20,50 €", "EUR", "fr", 2050),
    ("€20", "EUR", "en", 2000),
    ("$1,234.50", "USD", "en", 123_450),
    ("1,234", "USD", "en", 123_400),
    ("1.234", "EUR", "fr", 123_400),
    ("1 234,5", "EUR", "fr", 123_450),
    ("1 234,50 €", "EUR", "fr", 123_450),
    ("1'234.50", "CHF", "en", 123_450),
    ("1.234,50", "EUR", "fr", 123_450),
    ("1,234,567", "USD", "en", 123_456_700),
    ("20.", "USD", "en", 2000),
    ("٢٠", "USD", "en", 2000),
    ("0", "USD", "en", 0),
    ("1500", "JPY", "en", 1500),
    ("1,500", "JPY", "en", 1500),
    ("12.340", "KWD", "en", 12_340),
    ("1 500", "ISK", "fr", 150_000),
    ("", "USD", "en", None),
    ("twenty", "USD", "en", None),
    ("-20", "USD", "en", None),
    ("20.505", "USD", "fr", 2_050_500),
    ("20.5051", "USD", "en", None),
    ("1.2.3", "USD", "en", None),
    ("1e5", "USD", "en", None),
    ("100.5", "JPY", "en", None),
    ("²0", "USD", "en", 2000),
    ("1;000", "USD", "en", None),
    ("12,34.50", "USD", "en", None),
    ("1.234,567,890", "USD", "en", None),
    (",50", "USD", "en", None),
]


@pytest.mark.parametrize(("text", "currency", "language", "minor"), READINGS)
def test_an_amount_is_read_in_the_languages_way(
    text: str, currency: str, language: str, minor: int | None
) -> None:
    if minor is None:
        with pytest.raises(InvalidAmountError):
            amounts.parse(text, currency, language)
    else:
        money = amounts.parse(text, currency, language)
        assert (money.minor, money.currency) == (minor, currency)


@pytest.mark.parametrize("text", ["10.50", "10,5"])
def test_a_currency_of_whole_hundreds_takes_no_decimals(text: str) -> None:
    with pytest.raises(InvalidAmountError):
        amounts.parse(text, "ISK", "en")


@pytest.mark.parametrize("text", ["9" * 1_000_000, "1" + ",000" * 100_000, "\x00", "\u202e20"])
def test_hostile_text_is_refused_quickly(text: str) -> None:
    with pytest.raises(InvalidAmountError):
        amounts.parse(text, "USD", "en")
