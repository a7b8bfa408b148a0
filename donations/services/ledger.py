"""The ledger: what one payment at Stripe means, as rows that are posted once and never change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from donations.gateway import Amount, BalanceMovement, Payment
from donations.models import Donation, LedgerEntry
from donations.services import totals
from donations.states import Account, Kind, SourceType
from events.models import Campaign
from events.states import Destination
from fundraiser.core import clock
from fundraiser.core.prepared import Question

#: Which Stripe object moved the money, and when (aware).
Source = tuple[SourceType, str, datetime]


#: How the reason begins where a dispute came in another currency.
FOREIGN_DISPUTE: Final = "the dispute"


def cash_account(campaign: Campaign) -> Account:
    """Return where the money lies: with the charity's own account it is there at once."""
    return Account.SENT if campaign.destination == Destination.CHARITY else Account.HELD


def wanted(donation: Donation, payment: Payment) -> Iterator[LedgerEntry]:
    """Yield every row that a paid payment means, posted already or not."""
    if payment.charge_id is None or payment.charge_amount is None or payment.charged_at is None:
        return
    build = _Builder(donation, cash_account(donation.campaign))
    charge = (SourceType.CHARGE, payment.charge_id, payment.charged_at)
    yield build.incoming(Kind.GIFT, Account.GIFTS, payment.charge_amount.minor, charge)
    fee = payment.movement
    if fee is not None and fee.fee_minor > 0 and fee.currency == donation.currency:
        yield build.outgoing(Kind.FEE, Account.FEES, fee.fee_minor, charge)
    for refund in payment.refunds:
        source = (SourceType.REFUND, refund.id, refund.created)
        if refund.moved:
            yield build.outgoing(Kind.REFUND, Account.REFUNDS, refund.minor, source)
        if refund.moved_back:
            yield build.incoming(Kind.REFUND_FAILED, Account.REFUNDS, refund.minor, source)
    for dispute in payment.disputes:
        for movement in dispute.movements:
            if movement.currency == donation.currency:
                yield from build.dispute(movement)


class _Builder:
    """Makes rows of one donation: money comes in to, or goes out of, its cash account."""

    def __init__(self, donation: Donation, cash: Account) -> None:
        self._donation = donation
        self._cash = cash

    def _entry(
        self, kind: Kind, debit: Account, credit: Account, minor: int, source: Source
    ) -> LedgerEntry:
        source_type, source_id, occurred_at = source
        return LedgerEntry(
            campaign_id=self._donation.campaign_id,
            donation=self._donation,
            kind=kind,
            debit=debit,
            credit=credit,
            amount_minor=minor,
            currency=self._donation.currency,
            source_type=source_type,
            source_id=source_id,
            stripe_account=self._donation.stripe_account,
            occurred_at=occurred_at,
            created_at=clock.now(),
        )

    def incoming(self, kind: Kind, account: Account, minor: int, source: Source) -> LedgerEntry:
        return self._entry(kind, self._cash, account, minor, source)

    def outgoing(self, kind: Kind, account: Account, minor: int, source: Source) -> LedgerEntry:
        return self._entry(kind, account, self._cash, minor, source)

    def dispute(self, movement: BalanceMovement) -> Iterator[LedgerEntry]:
        """A dispute takes money (negative) or brings it back; its fee is apart, either way."""
        source = (SourceType.BALANCE_TRANSACTION, movement.id, movement.created)
        if movement.minor < 0:
            yield self.outgoing(Kind.DISPUTE, Account.DISPUTES, -movement.minor, source)
        elif movement.minor > 0:
            yield self.incoming(Kind.DISPUTE_REINSTATED, Account.DISPUTES, movement.minor, source)
        if movement.fee_minor > 0:
            yield self.outgoing(Kind.DISPUTE_FEE, Account.FEES, movement.fee_minor, source)
        elif movement.fee_minor < 0:
            yield self.incoming(
                Kind.DISPUTE_FEE_RETURNED, Account.FEES, -movement.fee_minor, source
            )


def _posted(donation: int) -> QuerySet[LedgerEntry, tuple[str, str, str]]:
    rows = LedgerEntry.objects.filter(donation=donation)
    return rows.values_list("source_type", "source_id", "kind")


_POSTED: Final = Question(_posted, donation=int)


def post_missing(donation: Donation, payment: Payment) -> Sequence[LedgerEntry]:
    """Post what the ledger lacks of a payment, move the total, and return the new rows.

    The donation's row is locked by the caller, so nobody else posts for it meanwhile; the unique
    source stands behind that. The caller writes the row's ``net_minor`` afterwards. The total's
    row is locked last (DESIGN.md, "The paid way", 6).
    """
    known = set(_POSTED.all(donation=donation.pk))
    missing = [
        entry
        for entry in wanted(donation, payment)
        if (entry.source_type, entry.source_id, entry.kind) not in known
    ]
    if missing:
        LedgerEntry.objects.bulk_create(missing)
        totals.move(donation, missing)
    return missing


def mismatch(donation: Donation, payment: Payment) -> str:
    """Return why the payment is not the one that was asked for, or an empty text.

    Such money is quarantined: a person has to look at it (PROMISES.md 4).
    """
    if stranger := _stranger(donation, payment):
        return stranger
    asked = Amount(donation.amount_minor, donation.currency)
    for amount in (payment.session.amount, payment.charge_amount):
        if amount is not None and amount != asked:
            return (
                f"asked for {asked.minor} {asked.currency}, "
                f"Stripe has {amount.minor} {amount.currency} (minor units)"
            )
    return _foreign_dispute(donation, payment)


def _foreign_dispute(donation: Donation, payment: Payment) -> str:
    """Return which dispute moved money in a currency that no row of the donation can hold.

    A bank takes back in the account's own currency; Stripe's rate of that day is in no row of ours.
    """
    for dispute in payment.disputes:
        for movement in dispute.movements:
            if movement.currency != donation.currency:
                return (
                    f"{FOREIGN_DISPUTE} {dispute.id} moved {movement.minor} {movement.currency} "
                    f"(minor units), the gift is in {donation.currency}"
                )
    return ""


def _stranger(donation: Donation, payment: Payment) -> str:
    """Return why the payment cannot be the donation's at all, whatever its amount; else nothing."""
    if payment.session.livemode != donation.livemode:
        return "livemode differs"
    if payment.session.reference != str(donation.public_id):
        return "the session names another donation"
    return ""


def can_post(donation: Donation, payment: Payment) -> bool:
    """Whether a payment whose amount is wrong could stand in this donation's rows all the same.

    It can where mode, reference and currency are the donation's, and where its charge stands
    there already.
    """
    posted = donation.entries.filter(kind=Kind.GIFT, source_id=payment.charge_id or "")
    amounts = (payment.session.amount, payment.charge_amount)
    same = all(one is None or one.currency == donation.currency for one in amounts)
    return (same and not _stranger(donation, payment)) or posted.exists()
