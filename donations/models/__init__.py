"""Money asked, received, refunded and totalled."""

from donations.models.cancelling import Cancellation, CancellationChoice, RefundOrder
from donations.models.donations import Donation
from donations.models.exports import Export
from donations.models.inbox import StripeEvent
from donations.models.ledger import CampaignTotal, LedgerEntry
from donations.models.reconciliation import Difference, Reconciliation

__all__ = [
    "CampaignTotal",
    "Cancellation",
    "CancellationChoice",
    "Difference",
    "Donation",
    "Export",
    "LedgerEntry",
    "Reconciliation",
    "RefundOrder",
    "StripeEvent",
]
