"""Money asked, received, refunded and totalled."""

from donations.models.carried import CarriedSeat
from donations.models.claims import Claim
from donations.models.donations import Donation
from donations.models.exports import Export
from donations.models.inbox import StripeEvent
from donations.models.ledger import CampaignTotal, LedgerEntry
from donations.models.offline import OfflineGift
from donations.models.reconciliation import Difference, Reconciliation

__all__ = [
    "CampaignTotal",
    "CarriedSeat",
    "Claim",
    "Difference",
    "Donation",
    "Export",
    "LedgerEntry",
    "OfflineGift",
    "Reconciliation",
    "StripeEvent",
]
