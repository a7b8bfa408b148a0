"""The gateway's questions about payouts (docs.stripe.com/payouts/reconciliation)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from donations.gateway.stripe import read
from donations.gateway.stripe.asking import Asking, errors, fields_of
from donations.gateway.types import BalanceMovement, PayoutState


class PayoutReading(Asking):
    """What the gateway asks about transfers to a bank account."""

    def fetch_payout(self, payout_id: str, *, account: str) -> PayoutState:
        """See Gateway."""
        with errors():
            found = self._at(account).v1.payouts.retrieve(payout_id, None, self._options(account))
        return read.payout(fields_of(found))

    def payouts_since(self, since: datetime, *, account: str) -> Iterator[PayoutState]:
        """See Gateway."""
        with errors():
            page = self._at(account).v1.payouts.list(
                {"created": {"gte": int(since.timestamp())}, "limit": 100}, self._options(account)
            )
            for one in page.auto_paging_iter():
                yield read.payout(fields_of(one))

    def movements_of_payout(self, payout_id: str, *, account: str) -> Iterator[BalanceMovement]:
        """See Gateway. Stripe lists the payout's own movement among them."""
        with errors():
            page = self._at(account).v1.balance_transactions.list(
                {"payout": payout_id, "limit": 100}, self._options(account)
            )
            for one in page.auto_paging_iter():
                found = read.movement(fields_of(one))
                if found.source_id != payout_id:
                    yield found
