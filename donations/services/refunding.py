"""Giving a payment back at Stripe, and taking over what Stripe says then."""

from __future__ import annotations

import uuid
from typing import Final

from donations.gateway import Gateway, GatewayError
from donations.models import Donation
from donations.services import settlement
from donations.states import Kind
from fundraiser.core.failpoints import reached

#: Stripe's code where nothing is left to refund (docs.stripe.com/error-codes).
_ALREADY_REFUNDED: Final = "charge_already_refunded"


def give_back(donation: Donation, payment: str, *, occasion: str, gateway: Gateway) -> Donation:
    """Refund what is left of a donation's ``payment`` (Stripe's id of it), and settle it.

    ``occasion`` ("late", "asked", "cancelled") is a part of the idempotency key, which is the
    donation's own: asked twice, or again after dying half-way, it is one refund. After a refund
    that failed it is another one. Raises GatewayError or BusyError.
    """
    failed = donation.entries.filter(kind=Kind.REFUND_FAILED).count()
    try:
        gateway.refund(
            payment,
            minor=None,
            idempotency_key=f"refund:{occasion}:{donation.public_id}:{failed}",
            account=donation.stripe_account,
        )
        reached("refund:asked")
    except GatewayError as error:
        # It went back another way, in Stripe's dashboard perhaps: our rows only have to learn it.
        if error.code != _ALREADY_REFUNDED:
            raise
    return settlement.apply(donation.pk, gateway=gateway)


def give_part_back(donation: Donation, *, minor: int, nonce: uuid.UUID, gateway: Gateway) -> str:
    """Refund ``minor`` units under an order's own number; return Stripe's id of the refund.

    Asked twice under one number it is one refund. Raises GatewayError.
    """
    refund = gateway.refund(
        donation.payment_intent_id or "",
        minor=minor,
        idempotency_key=f"refund:ordered:{nonce}",
        account=donation.stripe_account,
    )
    reached("refund:asked")
    return refund
