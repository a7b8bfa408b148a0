"""Payouts: what Stripe sent to a bank account, and whose gifts were in it.

State comes from Stripe, fetched again for each event, never from the event. One applied payout is
one transaction: the row is made or locked, an answer older than what is there is dropped, and what
it holds is put in whole. What a payout held when it was paid stays when the bank sends it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from donations.gateway import BalanceMovement, Gateway, PayoutState
from donations.models import Payout, PayoutMovement
from donations.services import movements
from donations.services.paying_out import booking
from donations.states import PayoutStatus
from events.states import TEST_ACCOUNT
from fundraiser.core import clock
from fundraiser.core.money import SUPPORTED

#: Here Stripe says no more about it, unless a bank sends it back.
_SETTLED: Final = (PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.CANCELED)
#: Stripe gives a code for each failure; this stands where it gives none.
_NO_CODE: Final = "unknown"


def refresh(payout_id: str, *, account: str, gateway: Gateway) -> Payout | None:
    """Fetch a payout with what it holds and store it; None for one that is not ours to tell.

    That is one of the other mode, or in a currency that no gift can be in. Raises GatewayError.
    """
    if account == TEST_ACCOUNT:  # nothing of it ever reaches a bank
        return None
    asked_at = clock.now()
    state = gateway.fetch_payout(payout_id, account=account)
    if state.livemode != settings.STRIPE_LIVEMODE or state.currency not in SUPPORTED:
        return None
    held = _held(state, account, gateway)
    with transaction.atomic():
        return _stored(state, held, account=account, asked_at=asked_at)


def _held(state: PayoutState, account: str, gateway: Gateway) -> list[BalanceMovement]:
    """Return what is in it; Stripe tells so only for those that it made itself."""
    if not state.automatic:
        return []
    return list(gateway.movements_of_payout(state.id, account=account))


def _stored(
    state: PayoutState, held: list[BalanceMovement], *, account: str, asked_at: datetime
) -> Payout:
    values = {
        "account": account,
        "amount_minor": state.minor,
        "currency": state.currency,
        "status": state.status,
        "arrival_on": state.arrival_on,
        "is_automatic": state.automatic,
        "is_complete": state.complete,
        "statement_descriptor": state.statement_descriptor,
        "trace": state.trace,
        "failure_code": state.failure_code
        or (_NO_CODE if state.status == PayoutStatus.FAILED else ""),
        "created": state.created,
        "checked_at": asked_at,
    }
    row, is_new = Payout.objects.select_for_update(no_key=True).get_or_create(
        stripe_id=state.id, defaults=values
    )
    if not is_new and row.checked_at > asked_at:
        return row
    Payout.objects.filter(pk=row.pk).update(**values)
    if held:
        row.movements.all().delete()
        PayoutMovement.objects.bulk_create([_movement(row, one) for one in held])
    row.refresh_from_db()
    booking.book(row)
    return row


def _movement(payout: Payout, one: BalanceMovement) -> PayoutMovement:
    """Return the row of a movement, with the ledger's source where it is one of a gift's."""
    expected = next(movements.expectations(one), None)
    return PayoutMovement(
        payout=payout,
        movement_id=one.id,
        kind=one.kind[:60],
        source_type=expected.source_type if expected else "",
        source_id=expected.source_id if expected else one.source_id,
        minor=one.minor,
        fee_minor=one.fee_minor,
    )


def catch_up(account: str, since: datetime, *, gateway: Gateway) -> int:
    """Store the payouts since then that no event brought, or that have moved on; return how many.

    Raises GatewayError.
    """
    if account == TEST_ACCOUNT:
        return 0
    found = sum(
        refresh(one.id, account=account, gateway=gateway) is not None
        for one in _unknown(list(gateway.payouts_since(since, account=account)))
    )
    booking.book_late(account, clock.now())
    return found


def _unknown(found: list[PayoutState]) -> Iterator[PayoutState]:
    rows = Payout.objects.filter(stripe_id__in=[one.id for one in found])
    known = {row.stripe_id: (row.status, row.is_complete, row.amount_minor) for row in rows}
    for one in found:
        if known.get(one.id) != (one.status, one.complete, one.minor):
            yield one
