"""The states of a donation, the accounts of the ledger and what is posted to them."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices


class DonationState(TextChoices):
    """Where a donation stands. It ends at paid: refunds and disputes derive from the ledger."""

    CREATED = "created"
    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


#: These may still bring money.
LIVE: Final = (DonationState.CREATED, DonationState.OPEN, DonationState.PROCESSING)

#: created → paid and open → paid both happen: the webhook may be quicker than the answer.
DONATION_TABLE: Final = {
    DonationState.CREATED: frozenset(
        {
            DonationState.OPEN,
            DonationState.PROCESSING,
            DonationState.PAID,
            DonationState.EXPIRED,
            DonationState.FAILED,
        }
    ),
    DonationState.OPEN: frozenset(
        {
            DonationState.PROCESSING,
            DonationState.PAID,
            DonationState.EXPIRED,
            DonationState.FAILED,
        }
    ),
    DonationState.PROCESSING: frozenset({DonationState.PAID, DonationState.FAILED}),
    # Money that comes late is money all the same (PROMISES.md 7 and 13).
    DonationState.EXPIRED: frozenset(
        {DonationState.PROCESSING, DonationState.PAID, DonationState.FAILED}
    ),
    DonationState.FAILED: frozenset({DonationState.PAID}),
}


class Purpose(TextChoices):
    """What a donation is for: a seat, or a gift without one."""

    SEAT = "seat"
    GIFT = "gift"


class Choice(TextChoices):
    """What a payer of a cancelled workshop chooses: the money back, a gift, or another date."""

    REFUND = "refund"
    KEEP = "keep"
    MOVE = "move"


class SeatAfter(TextChoices):
    """What becomes of the seat of money that goes back."""

    KEEP = "keep"
    FREE = "free"


class Account(TextChoices):
    """The ledger's accounts (double entry; amounts in the campaign's currency)."""

    GIFTS = "gifts"
    FEES = "fees"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    HELD = "held_for_charity"
    SENT = "sent_to_charity"
    DECLARED = "declared_gifts"
    #: Where declared gifts are, by what we were told: it never passed through here.
    ELSEWHERE = "given_elsewhere"


class Kind(TextChoices):
    """Why a row was posted; with the source's type and id it is unique for ever."""

    GIFT = "gift"
    FEE = "fee"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_REINSTATED = "dispute_reinstated"
    DISPUTE_FEE = "dispute_fee"
    DISPUTE_FEE_RETURNED = "dispute_fee_returned"
    #: Held money was sent on to the charity; a mistake is undone by a counter-entry.
    REMITTANCE = "remittance"
    REMITTANCE_RETURNED = "remittance_returned"
    #: A gift that was given elsewhere: shown by receipt, or entered by hand.
    DECLARED = "declared"
    #: It was entered by mistake: the counter-entry.
    DECLARED_UNDONE = "declared_undone"


class SourceType(TextChoices):
    """Whose id stands in ``source_id``: the Stripe object that moved the money, or our own row."""

    CHARGE = "charge"
    REFUND = "refund"
    BALANCE_TRANSACTION = "balance_transaction"
    #: A transfer to the charity, by its public id.
    REMITTANCE = "remittance"
    #: No Stripe object: our own number of a gift shown by receipt, or entered by hand.
    CLAIM = "claim"
    OFFLINE = "offline"


#: What Stripe knows too, and the reconciler compares.
AT_STRIPE: Final = (SourceType.CHARGE, SourceType.REFUND, SourceType.BALANCE_TRANSACTION)


class RemittanceState(TextChoices):
    """Where a transfer to the charity stands."""

    RECORDED = "recorded"
    #: The charity was sent a link to acknowledge it.
    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    #: It came back, or was recorded by mistake: a counter-entry undoes it.
    RETURNED = "returned"


REMITTANCE_TABLE: Final = {
    RemittanceState.RECORDED: frozenset({RemittanceState.ASKED, RemittanceState.RETURNED}),
    RemittanceState.ASKED: frozenset({RemittanceState.ACKNOWLEDGED, RemittanceState.RETURNED}),
    RemittanceState.ACKNOWLEDGED: frozenset({RemittanceState.RETURNED}),
}


class RemittanceMethod(TextChoices):
    """How a transfer was made."""

    BANK = "bank"
    PAGE = "page"
    CHEQUE = "cheque"
    OTHER = "other"


class ClaimState(TextChoices):
    """Where a gift shown by receipt stands."""

    SHOWN = "shown"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    #: Nobody looked in time, and its seat was released; the gift can still be accepted.
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    #: It had been accepted by mistake.
    UNDONE = "undone"


CLAIM_TABLE: Final = {
    ClaimState.SHOWN: frozenset(
        {ClaimState.ACCEPTED, ClaimState.DECLINED, ClaimState.EXPIRED, ClaimState.WITHDRAWN}
    ),
    ClaimState.EXPIRED: frozenset({ClaimState.ACCEPTED, ClaimState.DECLINED, ClaimState.WITHDRAWN}),
    ClaimState.ACCEPTED: frozenset({ClaimState.UNDONE}),
}


class OfflineKind(TextChoices):
    """How a gift came that an organizer enters by hand."""

    CASH = "cash"
    CHEQUE = "cheque"
    TRANSFER = "transfer"
    MATCHING = "matching"


class OfflineState(TextChoices):
    """Where a gift entered by hand stands. Only a matching gift is pledged first."""

    PLEDGED = "pledged"
    RECEIVED = "received"
    #: The pledge came to nothing.
    WITHDRAWN = "withdrawn"
    #: It had been entered by mistake.
    UNDONE = "undone"


OFFLINE_TABLE: Final = {
    OfflineState.PLEDGED: frozenset({OfflineState.RECEIVED, OfflineState.WITHDRAWN}),
    OfflineState.RECEIVED: frozenset({OfflineState.UNDONE}),
}


class Holder(TextChoices):
    """Whose connected account it is; a campaign's destination of the same name may use it."""

    CHARITY = "charity"
    TEAM = "team"


class Disconnection(TextChoices):
    """Who ended the connection of an account."""

    #: Its owner, in Stripe's dashboard: Stripe shows us nothing of it any more.
    STRIPE = "stripe"
    #: The team, here: Stripe still answers, and it can be used again.
    ORGANIZER = "organizer"
    #: The team, here, and then its owner, at Stripe: shown again there, it is still ended here.
    BOTH = "both"


class ExportState(TextChoices):
    """Where an export stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    #: Its file is gone: it was kept for a few days.
    EXPIRED = "expired"


EXPORT_TABLE: Final = {
    ExportState.QUEUED: frozenset({ExportState.RUNNING, ExportState.CANCELLED}),
    ExportState.RUNNING: frozenset(
        {ExportState.QUEUED, ExportState.DONE, ExportState.FAILED, ExportState.CANCELLED}
    ),
    ExportState.DONE: frozenset({ExportState.EXPIRED}),
}


class Every(TextChoices):
    """How often a scheduled export is made; its period is the last whole one."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class PayoutStatus(TextChoices):
    """Where a payout to a bank stands, in Stripe's words (docs.stripe.com/api/payouts/object)."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"
