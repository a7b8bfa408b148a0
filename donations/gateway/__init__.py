"""The payment provider behind a protocol; only gateway/stripe imports stripe."""

from donations.gateway.types import (
    AccountGoneError,
    AccountState,
    Amount,
    BalanceMovement,
    CheckoutSession,
    Dispute,
    EventReference,
    Gateway,
    GatewayError,
    InProgressError,
    Payment,
    PayoutState,
    Refund,
    SessionImpossibleError,
    SignatureError,
)

__all__ = [
    "AccountGoneError",
    "AccountState",
    "Amount",
    "BalanceMovement",
    "CheckoutSession",
    "Dispute",
    "EventReference",
    "Gateway",
    "GatewayError",
    "InProgressError",
    "Payment",
    "PayoutState",
    "Refund",
    "SessionImpossibleError",
    "SignatureError",
]
