"""Money: minor units, exact, never mixed, written as people write it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fundraiser.core.money import (
    SUPPORTED,
    CurrencyMismatchError,
    InvalidAmountError,
    Money,
    exponent,
    step,
)
from tests.support.story import plain


@pytest.mark.parametrize(
    ("minor", "currency", "english", "french", "short"),
    [
        (89_000, "USD", "$890.00", "890,00 $US", "$890"),
        (2_050, "EUR", "€20.50", "20,50 €", "€20.50"),
        (1_500, "JPY", "¥1,500", "1 500 ¥", "¥1,500"),
        (12_340, "KWD", "KWD 12.340", "12,340 KWD", "KWD 12.340"),
        (150_000, "ISK", "ISK 1,500", "1 500 ISK", "ISK 1,500"),
        (-500, "USD", "-$5.00", "-5,00 $US", "-$5"),
    ],
)
def test_money_is_written_in_each_language(
    minor: int, currency: str, english: str, french: str, short: str
) -> None:
    money = Money(minor, currency)
    assert plain(money.format("en")) == english
    assert plain(money.format("fr")).replace("−", "-").replace("JPY", "¥") == french
    assert plain(money.format("en", short=True)) == short


@pytest.mark.parametrize("currency", sorted(SUPPORTED))
def test_every_currency_goes_through_major_units_and_back(currency: str) -> None:
    for minor in (0, step(currency), 7 * step(currency), 99_999_900):
        money = Money(minor, currency)
        assert Money.from_major(money.major, currency) == money
    with pytest.raises(InvalidAmountError):
        Money.from_major(Decimal(step(currency)).scaleb(-exponent(currency)) / 2, currency)


def test_currencies_never_mix() -> None:
    dollars, euros = Money(1, "USD"), Money(1, "EUR")
    for mix in (
        lambda: dollars + euros,
        lambda: dollars - euros,
        lambda: dollars < euros,
        lambda: dollars >= euros,
    ):
        with pytest.raises(CurrencyMismatchError):
            mix()
    assert dollars != euros


@pytest.mark.parametrize("minor", [1.0, "1", Decimal(1), True, None])
def test_only_whole_minor_units_are_money(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "USD")


def test_an_unknown_currency_is_refused() -> None:
    for currency in ("usd", "XXX", ""):
        with pytest.raises(InvalidAmountError):
            Money(1, currency)


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD", "ISK"])
def test_a_covered_fee_leaves_at_least_the_gift(currency: str) -> None:
    for steps in (1, 7, 50, 333, 99_999):
        gift = Money(steps * step(currency), currency)
        gross = gift.grossed_up(290, 30)
        fee = (gross.minor * 290 + 5_000) // 10_000 + 30
        assert gross.minor % step(currency) == 0
        assert gross.minor - fee >= gift.minor - 1
        smaller = gross.minor - step(currency)
        assert smaller * (10_000 - 290) < (gift.minor + 30) * 10_000, "the smallest that does"


def test_an_average_is_rounded_half_up_to_what_can_be_paid() -> None:
    assert Money(1000, "USD").divided(3) == Money(333, "USD")
    assert Money(5, "USD").divided(2) == Money(3, "USD")
    assert Money(100_000, "ISK").divided(3) == Money(33_300, "ISK")
