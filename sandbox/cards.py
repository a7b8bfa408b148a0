"""Stripe's test cards, and how each behaves.

Source: docs.stripe.com/testing (cards, disputes, refunds, 3D Secure).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """One test card. ``decline`` is (code, decline_code, message)."""

    number: str
    brand: str = "visa"
    decline: tuple[str, str | None, str] | None = None
    authentication: bool = False
    dispute: str | None = None  # "later", "fraudulent" or "inquiry"
    bypass_pending: bool = False
    refund: str | None = None  # "fails" or "pending"

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


_DECLINED = "Your card was declined."
_CARDS = (
    Card("4242424242424242"),
    Card("4000056655665556"),
    Card("5555555555554444", brand="mastercard"),
    Card("378282246310005", brand="amex"),
    Card("4000002500000003"),
    Card("4000000000000002", decline=("card_declined", "generic_decline", _DECLINED)),
    Card(
        "4000000000009995",
        decline=("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    ),
    Card("4000000000009987", decline=("card_declined", "lost_card", _DECLINED)),
    Card("4000000000009979", decline=("card_declined", "stolen_card", _DECLINED)),
    Card("4000000000000069", decline=("expired_card", "expired_card", "Your card has expired.")),
    Card(
        "4000000000000127",
        decline=("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
    ),
    Card(
        "4000000000000119",
        decline=(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    Card("4100000000000019", decline=("card_declined", "fraudulent", _DECLINED)),
    Card("4000002500003155", authentication=True),
    Card("4000002760003184", authentication=True),
    Card("4000000000000077", bypass_pending=True),
    Card("4000000000000259", dispute="later"),
    Card("4000000000002685", dispute="later"),
    Card("4000000000001976", dispute="inquiry"),
    Card("4000000000005126", refund="fails"),
    Card("4000000000007726", refund="pending"),
)
CARDS = {card.number: card for card in _CARDS}
# docs.stripe.com/testing lists a PaymentMethod and a token beside each number.
TOKENS = {
    "visa": "4242424242424242",
    "visa_debit": "4000056655665556",
    "mastercard": "5555555555554444",
    "amex": "378282246310005",
    "bypassPending": "4000000000000077",
    "createDispute": "4000000000000259",
    "createDisputeInquiry": "4000000000001976",
    "authenticationRequired": "4000002500003155",
    "threeDSecure2Required": "4000002500003155",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
    "refundFail": "4000000000005126",
    "pendingRefund": "4000000000007726",
}
DISPUTE_AFTER = 10


def card(number: str) -> Card | None:
    """The test card with this number (spaces allowed) or behind ``pm_card_x`` / ``tok_x``."""
    text = number.replace(" ", "")
    for prefix in ("pm_card_", "tok_"):
        if text.startswith(prefix):
            text = TOKENS.get(text.removeprefix(prefix), "")
    return CARDS.get(text)
