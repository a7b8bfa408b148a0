"""Random ids with Stripe's prefixes (docs.stripe.com/api shows one for every object)."""

import secrets

PREFIXES = {
    "account": "acct_",
    "balance_transaction": "txn_",
    "bank_account": "ba_",
    "charge": "ch_",
    "checkout.session": "cs_test_",
    "delivery": "del_",
    "dispute": "du_",
    "event": "evt_",
    "item": "li_",
    "payment_intent": "pi_",
    "payment": "py_",
    "payment_method": "pm_",
    "payout": "po_",
    "price": "price_",
    "product": "prod_",
    "refund": "re_",
    "request": "req_",
    "transfer": "tr_",
    "transfer_reversal": "trr_",
    "webhook_endpoint": "we_",
}
LENGTHS = {"account": 16, "checkout.session": 58, "request": 14, "product": 14}


def new(kind: str) -> str:
    """A fresh id for an object of this kind."""
    length = LENGTHS.get(kind, 24)
    return PREFIXES[kind] + secrets.token_hex(length // 2)
