"""Which of Stripe's events can change a donation, a connected account or a payout.

No imports: the local programs read it too.

The webhook endpoints subscribe to these (docs/going-live-with-stripe.md); others that come are
stored and done. Source: docs.stripe.com/api/events/types.
"""

from typing import Final

APPLIED_TYPES: Final = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.updated",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "account.updated",
    "account.application.deauthorized",
    "payout.created",
    "payout.updated",
    "payout.paid",
    "payout.failed",
    "payout.canceled",
    "payout.reconciliation_completed",
)

#: Those of them that tell of a connected account, not of a donation.
ACCOUNT_TYPES: Final = frozenset({"account.updated", "account.application.deauthorized"})

#: Those that tell of a transfer to a bank account.
PAYOUT_TYPES: Final = frozenset(one for one in APPLIED_TYPES if one.startswith("payout."))

#: Those for which no worker is woken: its next round is soon enough. Stripe sends charge.updated,
#: with the fee, moments after the payment's own event, whose answer mostly held the fee already.
#: Nobody waits at a screen for a bank.
UNHURRIED_TYPES: Final = frozenset({"charge.updated"}) | PAYOUT_TYPES
