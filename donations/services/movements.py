"""What each balance transaction at Stripe should have left in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from donations.gateway import BalanceMovement
from donations.states import Kind, SourceType


@dataclass(frozen=True, slots=True)
class Expected:
    """What one balance transaction should have left in the ledger."""

    movement_id: str
    object_id: str
    source_type: SourceType
    source_id: str
    kind: Kind
    minor: int
    currency: str

    @property
    def key(self) -> tuple[str, str, str]:
        """The ledger's unique source."""
        return (self.source_type, self.source_id, self.kind)


def expectations(movement: BalanceMovement) -> Iterator[Expected]:
    """Yield what a balance transaction should have left in the ledger.

    Types: docs.stripe.com/reports/balance-transaction-types. Payouts and the like are no
    donation's: they leave nothing.
    """
    source = movement.source_id

    def one(source_type: SourceType, source_id: str, kind: Kind, minor: int) -> Expected:
        return Expected(movement.id, source, source_type, source_id, kind, minor, movement.currency)

    if movement.kind in {"charge", "payment"}:
        yield one(SourceType.CHARGE, source, Kind.GIFT, movement.minor)
        if movement.fee_minor:
            yield one(SourceType.CHARGE, source, Kind.FEE, movement.fee_minor)
    elif movement.kind in {"refund", "payment_refund"}:
        yield one(SourceType.REFUND, source, Kind.REFUND, -movement.minor)
    elif movement.kind in {"refund_failure", "payment_failure_refund"}:
        yield one(SourceType.REFUND, source, Kind.REFUND_FAILED, movement.minor)
    elif movement.kind == "adjustment" and source.startswith(("dp_", "du_")):
        transaction = (SourceType.BALANCE_TRANSACTION, movement.id)
        kind = Kind.DISPUTE if movement.minor < 0 else Kind.DISPUTE_REINSTATED
        if movement.minor:
            yield one(*transaction, kind, abs(movement.minor))
        fee_kind = Kind.DISPUTE_FEE if movement.fee_minor > 0 else Kind.DISPUTE_FEE_RETURNED
        if movement.fee_minor:
            yield one(*transaction, fee_kind, abs(movement.fee_minor))
