"""The payment provider behind a protocol; only gateway/stripe imports stripe."""

from donations.gateway.types import (
    Amount,
    BalanceMovement,
    CheckoutSession,
    Dispute,
    EventReference,
    Gateway,
    GatewayError,
    InProgressError,
    Payment,
    Refund,
    SessionImpossibleError,
    SignatureError,
)

__all__ = [
    "Amount",
    "BalanceMovement",
    "CheckoutSession",
    "Dispute",
    "EventReference",
    "Gateway",
    "GatewayError",
    "InProgressError",
    "Payment",
    "Refund",
    "SessionImpossibleError",
    "SignatureError",
]
