"""Transfers to the charity: recorded once, undone by a counter-entry, never deleted.

1. Lock the campaign's total: nobody posts to the campaign meanwhile, so what is outstanding stands
   still, and so does what is left of each gift.
2. Check the amount against what is outstanding.
3. Write the transfer, its ledger row, the total, and whose gifts went in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction

from donations.models import Acknowledgement, CampaignTotal, LedgerEntry, Remittance
from donations.services import totals
from donations.services.remitting import receipt_files, shares
from donations.states import REMITTANCE_TABLE, Account, Kind, RemittanceState, SourceType
from events.models import Campaign
from events.services.webhooks import outbox as webhooks
from events.states import Destination
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError
from fundraiser.core.money import Money
from fundraiser.core.transitions import advance


class MoreThanOutstandingError(ServiceError):
    """The transfer is more than what is owed, and nobody said that this is meant."""

    code = "more_than_outstanding"

    def __init__(self, outstanding: Money) -> None:
        super().__init__(str(outstanding.minor))
        self.outstanding = outstanding


class NothingToSendError(ServiceError):
    """The money is at the charity at once, so there is nothing to send on."""

    code = "nothing_to_send"


class ReturnedAlreadyError(ServiceError):
    """The transfer was undone before."""

    code = "returned_already"


@dataclass(frozen=True, slots=True)
class Transfer:
    """What an organizer typed. ``receipt``: the name of a kept file, or nothing."""

    amount: Money
    sent_on: date
    method: str
    reference: str
    note: str
    receipt: str
    receipt_is_public: bool
    #: Whether it may be more than what is outstanding.
    more_is_meant: bool
    nonce: UUID


def is_sent_on(campaign: Campaign) -> bool:
    """Return whether an organizer has something to send to the charity.

    With the charity's own account there are only the fees, where the organizer pledged to pay them.
    Test money is sent to nobody.
    """
    if campaign.test_mode:
        return False
    if campaign.destination == Destination.CHARITY:
        return campaign.fees_paid_by_organizer
    return campaign.destination == Destination.TEAM


def record(
    *, campaign: Campaign, transfer: Transfer, user: AbstractBaseUser | AnonymousUser
) -> Remittance:
    """Record a transfer; the same form sent twice records one, and returns it.

    Raises MoreThanOutstandingError, NothingToSendError.
    """
    if not is_sent_on(campaign):
        raise NothingToSendError(str(campaign.pk))
    with transaction.atomic():
        outstanding = lock(campaign)
        known = Remittance.objects.filter(nonce=transfer.nonce, campaign=campaign).first()
        if known is not None:
            return known
        if transfer.amount > outstanding and not transfer.more_is_meant:
            raise MoreThanOutstandingError(outstanding)
        row = Remittance.objects.create(
            campaign=campaign,
            amount_minor=transfer.amount.minor,
            currency=campaign.currency,
            sent_on=transfer.sent_on,
            method=transfer.method,
            reference=transfer.reference,
            note=transfer.note,
            receipt_name=transfer.receipt,
            receipt_is_public=bool(transfer.receipt) and transfer.receipt_is_public,
            nonce=transfer.nonce,
            recorded_by_id=user.pk,
            created_at=clock.now(),
        )
        at = datetime.combine(row.sent_on, time(), UTC)
        _post(row, Kind.REMITTANCE, debit=Account.SENT, credit=Account.HELD, at=at)
        shares.allocate(campaign)
        webhooks.tell(
            "remittance.sent", campaign_id=campaign.pk, key=str(row.pk), remittance=row.pk
        )
    return row


def lock(campaign: Campaign) -> Money:
    """Lock the campaign's total, and return what is still to be sent.

    Whoever changes a transfer or what belongs to it does this first: nobody waits crosswise.
    """
    totals.ensure(campaign)
    row = CampaignTotal.objects.select_for_update(no_key=True).get(campaign=campaign)
    return totals.read(campaign, row).outstanding


def _post(row: Remittance, kind: Kind, *, debit: Account, credit: Account, at: datetime) -> None:
    entry = LedgerEntry(
        campaign=row.campaign,
        kind=kind,
        debit=debit,
        credit=credit,
        amount_minor=row.amount_minor,
        currency=row.currency,
        source_type=SourceType.REMITTANCE,
        source_id=str(row.public_id),
        occurred_at=at,
        created_at=clock.now(),
    )
    LedgerEntry.objects.bulk_create([entry])
    totals.move_campaign(row.campaign, [entry])


def undo(remittance: Remittance, *, reason: str) -> None:
    """Undo a transfer that came back or was a mistake; links to acknowledge it end.

    Raises ReturnedAlreadyError.
    """
    with transaction.atomic():
        lock(remittance.campaign)
        row = Remittance.objects.select_for_update(no_key=True).get(pk=remittance.pk)
        row.campaign = remittance.campaign
        if row.state == RemittanceState.RETURNED:
            raise ReturnedAlreadyError(str(row.pk))
        now = clock.now()
        advance(
            row,
            RemittanceState.RETURNED,
            REMITTANCE_TABLE,
            returned_at=now,
            return_reason=reason,
        )
        _post(row, Kind.REMITTANCE_RETURNED, debit=Account.HELD, credit=Account.SENT, at=now)
        Acknowledgement.objects.filter(
            remittance=row, revoked_at=None, acknowledged_at=None
        ).update(revoked_at=now)


def change_receipt(remittance: Remittance, *, receipt: str | None, is_public: bool) -> None:
    """Put another receipt in place (None: the same one stays), or change who may see it.

    The file that was there before goes once the new one is committed.
    """
    with transaction.atomic():
        lock(remittance.campaign)
        row = Remittance.objects.select_for_update(no_key=True).get(pk=remittance.pk)
        before = row.receipt_name
        row.receipt_name = before if receipt is None else receipt
        row.receipt_is_public = bool(row.receipt_name) and is_public
        row.save(update_fields=["receipt_name", "receipt_is_public"])
        totals.move_campaign(remittance.campaign, ())  # its page shows it: a new version
        if before and before != row.receipt_name:
            transaction.on_commit(lambda: receipt_files.forget(before))
