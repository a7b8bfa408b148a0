"""Money asked, received, refunded and totalled."""

from importlib import import_module

from donations.models.abuse import BlockedVisitor, BlockKind, ClientTry, GivingPause, KeptForm
from donations.models.accounting import Books, PeriodLock
from donations.models.accounts import CampaignMoney, ConnectedAccount
from donations.models.api import ApiAnswer, ApiToken
from donations.models.backups import Backup
from donations.models.cancelling import Cancellation, CancellationChoice, RefundOrder
from donations.models.carried import CarriedSeat
from donations.models.claims import Claim
from donations.models.digests import LedgerDigest
from donations.models.donations import Donation
from donations.models.exports import Export
from donations.models.health import Alarm, Heartbeat, InvariantCheck
from donations.models.inbox import StripeEvent
from donations.models.ledger import CampaignTotal, LedgerEntry
from donations.models.offline import OfflineGift
from donations.models.payouts import BankEntry, Payout, PayoutMovement
from donations.models.presets import ColumnPreset
from donations.models.reconciliation import Difference, Reconciliation
from donations.models.remittances import Acknowledgement, Remittance, RemittanceShare
from donations.models.schedules import ExportSchedule
from donations.models.updates import CampaignUpdate

import_module("donations.models.history")  # it adds a table beside each tracked one

__all__ = [
    "Acknowledgement",
    "Alarm",
    "ApiAnswer",
    "ApiToken",
    "Backup",
    "BankEntry",
    "BlockKind",
    "BlockedVisitor",
    "Books",
    "CampaignMoney",
    "CampaignTotal",
    "CampaignUpdate",
    "Cancellation",
    "CancellationChoice",
    "CarriedSeat",
    "Claim",
    "ClientTry",
    "ColumnPreset",
    "ConnectedAccount",
    "Difference",
    "Donation",
    "Export",
    "ExportSchedule",
    "GivingPause",
    "Heartbeat",
    "InvariantCheck",
    "KeptForm",
    "LedgerDigest",
    "LedgerEntry",
    "OfflineGift",
    "Payout",
    "PayoutMovement",
    "PeriodLock",
    "Reconciliation",
    "RefundOrder",
    "Remittance",
    "RemittanceShare",
    "StripeEvent",
]
