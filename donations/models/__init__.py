"""Money asked, received, refunded and totalled."""

from donations.models.abuse import BlockedVisitor, BlockKind, GivingPause, KeptForm
from donations.models.accounts import CampaignMoney, ConnectedAccount
from donations.models.cancelling import Cancellation, CancellationChoice, RefundOrder
from donations.models.carried import CarriedSeat
from donations.models.claims import Claim
from donations.models.digests import LedgerDigest
from donations.models.donations import Donation
from donations.models.exports import Export
from donations.models.inbox import StripeEvent
from donations.models.ledger import CampaignTotal, LedgerEntry
from donations.models.offline import OfflineGift
from donations.models.reconciliation import Difference, Reconciliation
from donations.models.remittances import Acknowledgement, Remittance, RemittanceShare
from donations.models.updates import CampaignUpdate

__all__ = [
    "Acknowledgement",
    "BlockKind",
    "BlockedVisitor",
    "CampaignMoney",
    "CampaignTotal",
    "CampaignUpdate",
    "Cancellation",
    "CancellationChoice",
    "CarriedSeat",
    "Claim",
    "ConnectedAccount",
    "Difference",
    "Donation",
    "Export",
    "GivingPause",
    "KeptForm",
    "LedgerDigest",
    "LedgerEntry",
    "OfflineGift",
    "Reconciliation",
    "RefundOrder",
    "Remittance",
    "RemittanceShare",
    "StripeEvent",
]
