"""Money asked, received, refunded and totalled."""

from donations.models.cancelling import Cancellation, CancellationChoice, RefundOrder
from donations.models.digests import LedgerDigest
from donations.models.donations import Donation
from donations.models.exports import Export
from donations.models.inbox import StripeEvent
from donations.models.ledger import CampaignTotal, LedgerEntry
from donations.models.reconciliation import Difference, Reconciliation
from donations.models.remittances import Acknowledgement, Remittance, RemittanceShare
from donations.models.updates import CampaignUpdate

__all__ = [
    "Acknowledgement",
    "CampaignTotal",
    "CampaignUpdate",
    "Cancellation",
    "CancellationChoice",
    "Difference",
    "Donation",
    "Export",
    "LedgerDigest",
    "LedgerEntry",
    "Reconciliation",
    "RefundOrder",
    "Remittance",
    "RemittanceShare",
    "StripeEvent",
]
