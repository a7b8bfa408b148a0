"""Which donation an event of Stripe is about."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from donations.gateway import Gateway
from donations.models import Donation, StripeEvent
from donations.querysets import DonationQuerySet
from fundraiser.core.prepared import ModelQuestion


def _ours(column: str, *, account: str, value: str) -> DonationQuerySet:
    return Donation.objects.filter(**{"stripe_account": account, column: value})


#: By the column that holds one of Stripe's ids, each of which is unique there.
_BY_ID: Final = {
    column: ModelQuestion[Donation](partial(_ours, column), account=str, value=str)
    for column in ("session_id", "payment_intent_id", "charge_id")
}


def find(event: StripeEvent, gateway: Gateway) -> Donation | None:
    """Return the donation that an event is about: by our ids first, by asking Stripe last.

    An event of another account never reaches a donation, whatever ids it carries.
    """
    for name, value in _known_ids(event):
        if found := _BY_ID[name].first(account=event.account, value=value):
            return found
    ours = Donation.objects.filter(stripe_account=event.account)
    return _by_reference(ours, event.references.get("donation")) or _asked(event, gateway)


def _known_ids(event: StripeEvent) -> list[tuple[str, str]]:
    """Return the ids of the event, each with the column of ours that may hold it; best first."""
    references = event.references
    about = references.get("object")
    session = about if event.type.startswith("checkout.") else None
    columns = [
        ("session_id", session),
        ("payment_intent_id", references.get("payment_intent")),
        ("charge_id", references.get("charge")),
        ("charge_id", about),
        ("payment_intent_id", about),
    ]
    return [(name, value) for name, value in columns if value]


def _by_reference(ours: DonationQuerySet, public_id: str | None) -> Donation | None:
    try:
        return ours.filter(public_id=UUID(public_id)).first() if public_id else None
    except ValueError:
        return None


def session_of(event: StripeEvent, gateway: Gateway) -> str | None:
    """Return the session that an event is about; Stripe knows the one of a charge."""
    if event.type.startswith("checkout."):
        return str(event.references["object"])
    intent = event.references.get("payment_intent")
    charge = event.references.get("charge")
    if intent is None and charge is not None:
        intent = gateway.payment_intent_of_charge(charge, account=event.account)
    if intent is None:
        return None
    return gateway.session_of_payment_intent(intent, account=event.account)


def _asked(event: StripeEvent, gateway: Gateway) -> Donation | None:
    """Ask Stripe which donation an event's session, payment intent or charge names."""
    session_id = session_of(event, gateway)
    if session_id is None:
        return None
    session = gateway.fetch_session(session_id, account=event.account)
    ours = Donation.objects.filter(stripe_account=event.account)
    return _by_reference(ours, session.reference)
