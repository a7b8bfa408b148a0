"""Promise 5: money is integer minor units with Stripe's own exponent table (zero-decimal JPY,
three-decimal KWD, special ISK and UGX); every supported currency round-trips.
"""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.numbers import get_currency_precision
from hypothesis import example, given, settings
from hypothesis import strategies as st

from donations import minimums
from donations.services import fees, inbox, totals
from fundraiser.core import amounts, money
from fundraiser.core.money import SUPPORTED, InvalidAmountError, Money, exponent, step
from tests.machine import checks
from tests.machine.world import Place, World
from tests.support.cast import make_campaign

#: STRIPE.md, "Amounts" (docs.stripe.com/currencies), written down once more on purpose.
ZERO = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()
THREE = "BHD JOD KWD OMR TND".split()
HUNDREDS = "ISK UGX".split()
MINIMUMS = {
    **dict.fromkeys("USD EUR CHF CAD AUD NZD SGD BRL INR ZAR ILS PHP ARS COP IDR".split(), "0.50"),
    "GBP": "0.30",
    "DKK": "2.50",
    "NOK": "3",
    "SEK": "3",
    "HKD": "4",
    "CZK": "15",
    **dict.fromkeys("AED MYR PLN RON".split(), "2"),
    "MXN": "10",
    "THB": "10",
    "JPY": "50",
    "KRW": "50",
    "HUF": "175",
}
LANGUAGES = ("en", "fr")
profile = settings(max_examples=400, deadline=None, database=None, derandomize=True)

currencies = st.sampled_from(sorted(SUPPORTED))
languages = st.sampled_from(LANGUAGES)


@st.composite
def chargeable(draw: st.DrawFn) -> Money:
    """Any amount that Stripe charges in some currency."""
    currency = draw(currencies)
    return Money(draw(st.integers(0, 99_999_999)) // step(currency) * step(currency), currency)


def wrong_exponents() -> list[str]:
    """Return the supported currencies whose exponent is not the one in Stripe's table."""
    table = {**dict.fromkeys(ZERO, 0), **dict.fromkeys(THREE, 3)}
    return [one for one in sorted(SUPPORTED) if money.exponent(one) != table.get(one, 2)]


def test_every_exponent_is_stripes() -> None:
    assert wrong_exponents() == []
    assert {*ZERO, *THREE, *HUNDREDS, *MINIMUMS} <= SUPPORTED
    assert [exponent(one) for one in ("HUF", "TWD", "ISK", "UGX") if one in SUPPORTED] == [2] * 4


@pytest.mark.parametrize("currency", sorted(SUPPORTED))
def test_steps_and_minimums_are_stripes(currency: str) -> None:
    wanted = 100 if currency in HUNDREDS else 10 if currency in THREE else 1
    assert step(currency) == wanted
    least = minimums.minimum(currency)
    assert least.minor % step(currency) == 0
    assert least.major == Decimal(MINIMUMS.get(currency, "1"))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("20", "USD", 2000),
        ("20.50", "USD", 2050),
        ("500", "JPY", 500),
        ("500", "ISK", 50_000),
        ("5000", "UGX", 500_000),
        ("5.120", "KWD", 5120),
        ("5.12", "KWD", 5120),
    ],
)
def test_special_currencies_are_sent_as_stripe_wants(text: str, currency: str, minor: int) -> None:
    assert amounts.parse(text, currency, "en").minor == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [("20.505", "EUR"), ("0.5", "JPY"), ("500.50", "ISK"), ("1.5", "UGX"), ("5.123", "KWD")],
)
def test_what_cannot_be_charged_is_refused(text: str, currency: str) -> None:
    with pytest.raises(InvalidAmountError):
        amounts.parse(text, currency, "en")


@profile
@given(chargeable(), languages)
def test_what_is_shown_reads_back_equal(amount: Money, language: str) -> None:
    assert amounts.parse(amount.format(language), amount.currency, language) == amount
    assert Money.from_major(amount.major, amount.currency) == amount


@profile
@given(chargeable(), languages)
def test_the_short_form_reads_back_equal(amount: Money, language: str) -> None:
    text = amount.format(language, short=True)
    assert amounts.parse(text, amount.currency, language) == amount


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("currency", sorted(SUPPORTED))
def test_every_currency_reads_back_equal(currency: str, language: str) -> None:
    for minor in (0, 10_000, 1_234_500, 99_999_900):
        amount = Money(minor, currency)
        assert amounts.parse(amount.format(language), currency, language) == amount


@profile
@given(st.text(max_size=80), currencies, languages)
@example("٢٠٫٥٠", "USD", "en")
@example("\x00", "USD", "en")
@example("9" * 80, "JPY", "en")
@example("0." + "9" * 40, "USD", "en")
@example("1e5", "USD", "en")
@example("NaN", "USD", "fr")
@example("-5", "USD", "fr")
@example("\ud800", "USD", "fr")
def test_any_text_is_an_amount_or_refused(text: str, currency: str, language: str) -> None:
    assert_read_exactly(text, currency, language)


@profile
@given(st.text("0123456789.,' \u202f-+eE$€٣²½", max_size=70), currencies, languages)
def test_any_number_like_text_is_an_amount_or_refused(
    text: str, currency: str, language: str
) -> None:
    assert_read_exactly(text, currency, language)


def assert_read_exactly(text: str, currency: str, language: str) -> None:
    """What is read is whole, never negative and chargeable; nothing but a refusal is raised."""
    try:
        amount = amounts.parse(text, currency, language)
    except InvalidAmountError:
        return
    assert type(amount.minor) is int
    assert amount.minor >= 0
    assert amount.minor % step(currency) == 0
    plain = re.fullmatch(r"[0-9]{1,15}\.[0-9]{1,40}", text)
    if plain and not (currency in ZERO or len(text.partition(".")[2]) == 3):
        assert Fraction(amount.minor, 10 ** exponent(currency)) == Fraction(text)


@profile
@given(chargeable(), st.integers(1, 1000))
def test_what_is_worked_out_stays_chargeable(amount: Money, people: int) -> None:
    assert amount.divided(people).minor % step(amount.currency) == 0
    cover = fees.estimate(amount.currency).cover(amount)
    assert cover.minor >= 0
    assert cover.minor % step(amount.currency) == 0


@pytest.mark.parametrize("wrong", [1.5, "1", Decimal(1), True, None])
def test_nothing_but_whole_numbers_is_money(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize("endless", ["NaN", "Infinity", "-Infinity"])
def test_no_endless_number_is_money(endless: str) -> None:
    with pytest.raises(InvalidAmountError):
        Money.from_major(Decimal(endless), "USD")


def test_every_currency_goes_to_stripe_and_into_the_ledger_unchanged(world: World) -> None:
    """The smallest amount and an odd one of each, through a real session, charge and webhook."""
    for currency in sorted(SUPPORTED):
        campaign = make_campaign(currency=currency, team=world.campaigns[0].team)
        world.campaigns.append(campaign)
        place = Place(campaign, None)
        odd = 123 * 10 ** exponent(currency) + (0 if currency in HUNDREDS else 10)
        for minor in (max(minimums.minimum(currency).minor, step(currency)), odd * 10):
            gift = world.gift(place)
            gift = dataclasses.replace(gift, amount=Money(minor, currency))
            attempt = world.start(place, gift)
            assert attempt.session, f"Stripe refuses {minor} {currency}"
            world.pay(attempt)
        world.deliver_all()
        total = totals.of_campaign(campaign)
        assert total.gifts.minor == max(minimums.minimum(currency).minor, step(currency)) + odd * 10
    inbox.apply_pending(gateway=world.gateway)
    assert checks.always(world) == []


# --- negative controls --------------------------------------------------------------------------
def test_control_iso_4217s_exponents_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(money, "exponent", get_currency_precision)
    assert {"ISK", "UGX"} <= set(wrong_exponents())


def test_control_a_parser_that_rounds_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def rounding(amount: Decimal, currency: str) -> Money:
        return Money(round(amount * 10 ** exponent(currency)), currency)

    monkeypatch.setattr(Money, "from_major", staticmethod(rounding))
    with pytest.raises(AssertionError):
        assert_read_exactly("20.5051", "USD", "en")
