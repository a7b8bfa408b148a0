"""The balance and its transactions (docs.stripe.com/api/balance_transactions)."""

from sandbox import lists
from sandbox.call import Call, endpoint
from sandbox.schema import skeleton
from sandbox.shapes import Json


@endpoint("GET", "/v1/balance")
def balance(call: Call) -> Json:
    """What is available and what is pending, by currency."""
    totals = call.sandbox.ledger.totals(call.account)
    currencies = sorted({*totals["available"], *totals["pending"]} or {"usd"})
    return {
        **skeleton("balance"),
        **{
            status: [
                {"amount": totals[status].get(currency, 0), "currency": currency}
                for currency in currencies
            ]
            for status in ("available", "pending")
        },
    }


@endpoint("GET", "/v1/balance_transactions/{id}")
def retrieve(call: Call) -> Json:
    """One movement."""
    call.sandbox.ledger.refresh(call.account)
    return call.get("balance_transaction", call.path["id"])


@endpoint("GET", "/v1/balance_transactions")
def index(call: Call) -> Json:
    """Movements, the newest first; ``payout`` gives those that a transfer to the bank holds."""
    call.sandbox.ledger.refresh(call.account)
    given = call.parameters
    store = call.sandbox.store
    if "payout" in given:
        payout = call.get("payout", given["payout"], param="payout")
        held = {*payout.get("_holds", ()), payout["balance_transaction"]}
        everything = store.newest_first(call.account, "balance_transaction")
        found = [movement for movement in everything if movement["id"] in held]
        return lists.page(call, found, "/v1/balance_transactions")
    filters = ("type", "source", "currency")
    return lists.answer(call, "balance_transaction", "/v1/balance_transactions", filters=filters)
