"""Currencies, smallest amounts and fees: the one place for every number about money.

Amounts are integers in minor units with Stripe's exponents (docs.stripe.com/currencies).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sandbox.errors import StripeError, invalid

ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
HUNDREDS_ONLY = frozenset(("isk", "ugx"))
CURRENCIES = frozenset(
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp "
    "byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip "
    "gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt "
    "lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr "
    "nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd "
    "std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer "
    "zar zmw".split()
)
# Smallest charges in major units: docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.
MINIMUMS: dict[str, str] = {
    **dict.fromkeys("usd eur chf cad aud nzd sgd brl inr zar ils php ars cop idr".split(), "0.50"),
    **dict.fromkeys("aed myr pln ron".split(), "2"),
    **dict.fromkeys(("nok", "sek"), "3"),
    **dict.fromkeys(("mxn", "thb"), "10"),
    **dict.fromkeys(("jpy", "krw"), "50"),
    "gbp": "0.30",
    "dkk": "2.50",
    "hkd": "4",
    "czk": "15",
    "huf": "175",
}
LARGEST = 99_999_999
LARGEST_BY_CURRENCY = {"idr": 999_999_999_999, "jpy": 9_999_999_999, "cop": 9_999_999_999}


@dataclass(frozen=True)
class Fee:
    """What Stripe keeps of a payment: a share in basis points and a fixed part in minor units.

    ``most_minor`` is what it keeps at most, where there is such a limit.
    """

    basis_points: int
    fixed_minor: int
    most_minor: int | None = None

    def of(self, amount_minor: int) -> int:
        """The fee of one payment in minor units, rounded half up, never more than the amount."""
        share = Decimal(amount_minor) * self.basis_points / 10_000
        rounded = int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        most = amount_minor if self.most_minor is None else min(amount_minor, self.most_minor)
        return min(most, rounded + self.fixed_minor)


# Stripe's pricing pages (stripe.com/pricing for the US, stripe.com/fr/pricing for the euro area,
# stripe.com/gb/pricing): domestic cards, bank debits (ACH: 0.8 %, $5 at most) and each dispute
# received.
CARD_FEES = {"eur": Fee(150, 25), "gbp": Fee(150, 20)}
OTHER_CARD_FEE = Fee(290, 30)
THREE_DECIMAL_CARD_FEE = Fee(290, 300)
DEBIT_FEES = {"sepa_debit": Fee(0, 35), "us_bank_account": Fee(80, 0, most_minor=500)}
DISPUTE_FEE_MINOR = 1500


def exponent(currency: str) -> int:
    """How many decimals Stripe counts for a currency (0, 2 or 3)."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def fee(amount_minor: int, currency: str, method: str) -> int:
    """The fee of a payment in the same currency, in minor units.

    ``method``: card, sepa_debit or us_bank_account.
    """
    if method in DEBIT_FEES:
        return DEBIT_FEES[method].of(amount_minor)
    default = THREE_DECIMAL_CARD_FEE if currency in THREE_DECIMAL else OTHER_CARD_FEE
    return CARD_FEES.get(currency, default).of(amount_minor)


def minimum(currency: str) -> int:
    """The smallest charge in minor units (1 where Stripe names none for the currency)."""
    major = MINIMUMS.get(currency)
    return 1 if major is None else int(Decimal(major) * 10 ** exponent(currency))


def check_currency(currency: str, *, param: str) -> str:
    """The currency in lower case; raises ``StripeError`` for one that Stripe does not charge."""
    lowered = currency.lower()
    if lowered not in CURRENCIES:
        supported = ", ".join(sorted(CURRENCIES))
        raise invalid(
            f"Invalid currency: {lowered}. Stripe currently supports these currencies: {supported}",
            param=param,
        )
    return lowered


def check_amount(amount: int, currency: str, *, param: str | None = None) -> None:
    """Raises ``StripeError`` for an amount that Stripe would not charge in this currency."""
    if amount < minimum(currency):
        raise _too_small(currency, param)
    if amount > LARGEST_BY_CURRENCY.get(currency, LARGEST):
        raise invalid(
            f"Amount must be no more than {written(LARGEST, currency)}.",
            param=param or "amount",
            code="amount_too_large",
        )
    check_digits(amount, currency, param=param or "amount")


def check_digits(amount: int, currency: str, *, param: str) -> None:
    """ISK and UGX go in hundreds; the last digit of three-decimal amounts is 0."""
    step = 100 if currency in HUNDREDS_ONLY else 10 if currency in THREE_DECIMAL else 1
    if amount % step:
        raise invalid(
            f"Invalid amount: amounts in {currency} must be divisible by {step}, but got {amount}.",
            param=param,
            code="parameter_invalid_integer",
        )


def _too_small(currency: str, param: str | None) -> StripeError:
    smallest = written(minimum(currency), currency)
    if param is None:
        return invalid(
            f"Amount must be at least {smallest}", param="amount", code="amount_too_small"
        )
    return invalid(
        f"The Checkout Session's total amount due must add up to at least {smallest}",
        param=param,
        code="amount_too_small",
    )


def written(amount_minor: int, currency: str) -> str:
    """``20.50 usd``: a plain amount for messages."""
    places = exponent(currency)
    return f"{Decimal(amount_minor).scaleb(-places):.{places}f} {currency}"
