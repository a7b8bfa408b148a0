"""Giving a payment back at Stripe, and taking over what Stripe says then."""

from __future__ import annotations

from typing import Final

from donations.gateway import AccountGoneError, Gateway, GatewayError
from donations.models import Donation
from donations.services import settlement
from donations.states import Kind
from fundraiser.core.errors import ServiceError

#: Stripe's code where nothing is left to refund (docs.stripe.com/error-codes).
_ALREADY_REFUNDED: Final = "charge_already_refunded"


class AtStripeError(ServiceError):
    """The account's owner has ended the connection: only they can give it back, at Stripe."""

    code = "at_stripe"


def give_back(donation: Donation, payment: str, *, occasion: str, gateway: Gateway) -> Donation:
    """Refund what is left of a donation's ``payment`` (Stripe's id of it), and settle it.

    ``occasion`` ("late", "asked") is a part of the idempotency key, which is the donation's own:
    asked twice, or again after dying half-way, it is one refund. After a refund that failed it is
    another one. Raises AtStripeError, GatewayError or BusyError.
    """
    failed = donation.entries.filter(kind=Kind.REFUND_FAILED).count()
    try:
        gateway.refund(
            payment,
            minor=None,
            idempotency_key=f"refund:{occasion}:{donation.public_id}:{failed}",
            account=donation.stripe_account,
        )
    except AccountGoneError as error:
        raise AtStripeError(str(donation.pk)) from error
    except GatewayError as error:
        # It went back another way, in Stripe's dashboard perhaps: our rows only have to learn it.
        if error.code != _ALREADY_REFUNDED:
            raise
    return settlement.apply(donation.pk, gateway=gateway)
