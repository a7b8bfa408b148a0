"""Stripe's objects turned into the gateway's. Field names: Stripe's API reference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from donations.gateway.types import (
    AccountState,
    Amount,
    BalanceMovement,
    CheckoutSession,
    Dispute,
    EventReference,
    Payment,
    PayoutState,
    Refund,
)

Fields = Mapping[str, Any]

#: The keys under which an event's object names the objects that we know.
_REFERENCE_KEYS: Final = ("payment_intent", "charge")
#: What is stored has these forms, so that nothing an event says can fail at the database.
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_]{0,64}")
_TYPE: Final = re.compile(r"[a-z0-9_.]{1,80}")


def moment(seconds: int) -> datetime:
    """Return Stripe's Unix seconds as an aware UTC time."""
    return datetime.fromtimestamp(seconds, UTC)


def identifier(value: object) -> str | None:
    """Return an id, whether the field came expanded or not."""
    if isinstance(value, Mapping):
        return str(value["id"])
    return str(value) if value else None


def expanded(value: object) -> Fields:
    """Return an expanded object's fields; empty where it is null or only an id."""
    return value if isinstance(value, Mapping) else {}


def session(fields: Fields) -> CheckoutSession:
    """Read a Checkout Session (docs.stripe.com/api/checkout/sessions/object)."""
    payer = expanded(fields.get("customer_details"))
    return CheckoutSession(
        id=fields["id"],
        url=fields.get("url") or "",
        status=fields.get("status") or "",
        payment_status=fields["payment_status"],
        amount=Amount(fields.get("amount_total") or 0, (fields.get("currency") or "").upper()),
        livemode=fields["livemode"],
        expires_at=moment(fields["expires_at"]),
        payment_intent_id=identifier(fields.get("payment_intent")),
        reference=fields.get("client_reference_id") or "",
        metadata=dict(fields.get("metadata") or {}),
        email=payer.get("email") or fields.get("customer_email") or "",
        name=payer.get("name") or "",
        created=moment(fields["created"]) if fields.get("created") else None,
    )


def movement(fields: Fields) -> BalanceMovement:
    """Read a balance transaction (docs.stripe.com/api/balance_transactions/object)."""
    return BalanceMovement(
        id=fields["id"],
        kind=fields["type"],
        source_id=identifier(fields.get("source")) or "",
        minor=fields["amount"],
        fee_minor=fields["fee"],
        currency=fields["currency"].upper(),
        created=moment(fields["created"]),
    )


def refund(fields: Fields) -> Refund:
    """Read a refund: a balance transaction says that money moved, whatever its status."""
    return Refund(
        id=fields["id"],
        minor=fields["amount"],
        currency=fields["currency"].upper(),
        status=fields.get("status") or "",
        created=moment(fields["created"]),
        moved=bool(fields.get("balance_transaction")),
        moved_back=bool(fields.get("failure_balance_transaction")),
    )


def dispute(fields: Fields) -> Dispute:
    """Read a dispute with the movements that it made."""
    return Dispute(
        id=fields["id"],
        status=fields["status"],
        movements=tuple(movement(one) for one in fields["balance_transactions"]),
    )


def payment(
    session_fields: Fields, refunds: tuple[Refund, ...], disputes: tuple[Dispute, ...]
) -> Payment:
    """Put together what was fetched of one donation."""
    intent = expanded(session_fields.get("payment_intent"))
    charge = expanded(intent.get("latest_charge"))
    balance = expanded(charge.get("balance_transaction"))
    error = expanded(intent.get("last_payment_error"))
    return Payment(
        session=session(session_fields),
        intent_status=intent.get("status") or "",
        charge_id=identifier(charge) if charge else None,
        charge_paid=bool(charge.get("paid")) and charge.get("status") == "succeeded",
        charge_amount=Amount(charge["amount"], charge["currency"].upper()) if charge else None,
        charged_at=moment(charge["created"]) if charge else None,
        movement=movement(balance) if balance else None,
        decline_code=str(error.get("decline_code") or error.get("code") or "")[:60],
        refunds=refunds,
        disputes=disputes,
    )


def account(fields: Fields) -> AccountState:
    """Read a connected account (docs.stripe.com/api/accounts/object)."""
    wanted = expanded(fields.get("requirements"))
    due = [*(wanted.get("past_due") or ()), *(wanted.get("currently_due") or ())]
    default = str(fields.get("default_currency") or "").upper()
    banks = expanded(fields.get("external_accounts")).get("data") or ()
    currencies = {default, *(str(bank.get("currency") or "").upper() for bank in banks)} - {""}
    deadline = wanted.get("current_deadline")
    return AccountState(
        id=fields["id"],
        country=str(fields.get("country") or "").upper()[:2],
        default_currency=default,
        currencies=tuple(sorted(currencies)),
        charges_enabled=bool(fields.get("charges_enabled")),
        payouts_enabled=bool(fields.get("payouts_enabled")),
        details_submitted=bool(fields.get("details_submitted")),
        requirements=tuple(dict.fromkeys(due)),
        pending=tuple(wanted.get("pending_verification") or ()),
        due_by=moment(deadline) if deadline else None,
        disabled_reason=str(wanted.get("disabled_reason") or "")[:80],
    )


def payout(fields: Fields) -> PayoutState:
    """Read a payout (docs.stripe.com/api/payouts/object); its arrival is midnight in UTC."""
    trace = expanded(fields.get("trace_id"))
    return PayoutState(
        id=fields["id"],
        minor=fields["amount"],
        currency=fields["currency"].upper(),
        status=fields["status"],
        arrival_on=moment(fields["arrival_date"]).date(),
        automatic=bool(fields.get("automatic")),
        complete=fields.get("reconciliation_status") == "completed",
        statement_descriptor=str(fields.get("statement_descriptor") or "")[:60],
        trace=str(trace.get("value") or "")[:120],
        failure_code=str(fields.get("failure_code") or "")[:60],
        created=moment(fields["created"]),
        livemode=bool(fields["livemode"]),
    )


def _ids(found: Mapping[str, object]) -> dict[str, str]:
    return {key: str(one) for key, one in found.items() if _ID.fullmatch(str(one or ""))}


def event(fields: Fields) -> EventReference:
    """Read what is kept of an event (docs.stripe.com/api/events/object).

    Raises ValueError, TypeError, KeyError, AttributeError or OverflowError where it is no event. Of
    the object's own ids those are kept that have the form of an id.
    """
    account = fields.get("account") or ""
    forms = ((_ID, fields["id"]), (_TYPE, fields["type"]), (_ACCOUNT, account))
    if not all(form.fullmatch(text) for form, text in forms):
        raise ValueError("not the id, type or account of an event")
    if not isinstance(fields["livemode"], bool):
        raise TypeError("not the mode of an event")
    about = fields["data"]["object"]
    found = {"object": about.get("id")}
    found |= {key: identifier(about.get(key)) for key in _REFERENCE_KEYS}
    found["donation"] = about.get("client_reference_id") or (about.get("metadata") or {}).get(
        "donation"
    )
    return EventReference(
        id=fields["id"],
        type=fields["type"],
        account=account,
        livemode=fields["livemode"],
        created=moment(fields["created"]),
        references={"object": "", **_ids(found)},
    )
