"""Balance transactions: every movement of an account's money.

Sources: docs.stripe.com/api/balance_transactions and
docs.stripe.com/reports/balance-transaction-types.
"""

from sandbox import identifiers
from sandbox.clock import Clock
from sandbox.schema import skeleton
from sandbox.shapes import Json
from sandbox.store import Store

AVAILABLE_AFTER = 2 * 24 * 3600
CATEGORIES = {
    "adjustment": "dispute",
    "payment": "charge",
    "payment_failure_refund": "charge_failure",
    "payment_refund": "refund",
    "stripe_fee": "fee",
}


def _fee_details(kind: str, fee: int, currency: str) -> list[Json]:
    if not fee:
        return []
    return [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Dispute fee" if kind == "adjustment" else "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]


class Ledger:
    """Writes balance transactions; they are never changed afterwards."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Takes the store and the clock of the sandbox."""
        self._store = store
        self._clock = clock

    def record(  # noqa: PLR0913 -- the fields of one object
        self,
        account: str,
        *,
        kind: str,
        amount: int,
        currency: str,
        source: str,
        fee: int = 0,
        available_now: bool = False,
        category: str | None = None,
        description: str | None = None,
    ) -> Json:
        """One movement: ``amount`` and ``fee`` in minor units, ``net`` is their difference."""
        now = self._clock.now()
        return self._store.put(
            account,
            "balance_transaction",
            {
                **skeleton("balance_transaction"),
                "id": identifiers.new("balance_transaction"),
                "amount": amount,
                "available_on": now if available_now else now + AVAILABLE_AFTER,
                "balance_type": "payments",
                "created": now,
                "currency": currency,
                "description": description,
                "fee": fee,
                "fee_details": _fee_details(kind, fee, currency),
                "net": amount - fee,
                "reporting_category": category or CATEGORIES.get(kind, kind),
                "source": source,
                "status": "available" if available_now else "pending",
                "type": kind,
            },
        )

    def refresh(self, account: str) -> None:
        """Marks as available what has become so by the clock."""
        now = self._clock.now()
        for movement in self._store.newest_first(account, "balance_transaction"):
            if movement["status"] == "pending" and movement["available_on"] <= now:
                movement["status"] = "available"
                self._store.put(account, "balance_transaction", movement)

    def totals(self, account: str) -> dict[str, dict[str, int]]:
        """Net amounts in minor units: {"available" | "pending": {currency: net}}."""
        self.refresh(account)
        sums: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
        for movement in self._store.newest_first(account, "balance_transaction"):
            by_currency = sums[movement["status"]]
            currency = movement["currency"]
            by_currency[currency] = by_currency.get(currency, 0) + movement["net"]
        return sums
