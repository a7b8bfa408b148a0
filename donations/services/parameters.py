"""What a Checkout Session is asked for with (docs.stripe.com/api/checkout/sessions/create)."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from donations.models import Donation
from events.models import Booking, Registration
from fundraiser.core import links
from fundraiser.core.prepared import Question

CHECKOUT_LINK = "checkout"
#: Stripe's own names of the languages that the site speaks.
_LOCALES = {"en": "en", "fr": "fr"}
#: docs.stripe.com/metadata: a value has up to 500 characters, and an id with a space has 33.
IDS_TOLD: Final = 15


def _people(booking: int) -> QuerySet[Registration, tuple[UUID]]:
    rows = Registration.objects.filter(booking=booking).order_by("position")
    return rows.values_list("public_id")[:IDS_TOLD]


_PEOPLE: Final = Question(_people, booking=int)


def build(donation: Donation) -> dict[str, Any]:
    """Return the parameters to store before the call and to replay as stored.

    The ids stand three times because a session's metadata reaches neither its payment intent nor
    its charge; they are what a gift is made anew from where a backup lacks it (rebuilding.py). The
    two addresses are added at the call, since links are never stored.
    """
    campaign, workshop = donation.campaign, donation.workshop
    ids = _metadata(donation)
    title = (workshop or campaign).text("title", donation.language)
    product: dict[str, Any] = {"name": f"{title} — {campaign.charity_name}"[:250]}
    return {
        "mode": "payment",
        "submit_type": "donate",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": donation.currency.lower(),
                    "unit_amount": donation.amount_minor,
                    "product_data": product,
                },
            }
        ],
        "client_reference_id": str(donation.public_id),
        "metadata": ids,
        "payment_intent_data": {"metadata": ids},
        "customer_email": donation.email,
        "locale": _LOCALES.get(donation.language[:2], "auto"),
        "adaptive_pricing": {"enabled": False},
        "expires_at": int(donation.session_expires_at.timestamp()),
    }


def _metadata(donation: Donation) -> dict[str, str]:
    """Return our own ids, and what else a gift is made anew from."""
    told = {
        "campaign": str(donation.campaign.public_id),
        "workshop": str(donation.workshop.public_id) if donation.workshop else "",
        "booking": str(donation.booking.public_id) if donation.booking else "",
        "donation": str(donation.public_id),
        "site": settings.SITE_URL,
        "language": donation.language,
        "fee_cover": str(donation.fee_cover_minor or ""),
        **_seats(donation.booking),
    }
    return {key: value for key, value in told.items() if value}


def _seats(booking: Booking | None) -> dict[str, str]:
    """Return how many seats are paid for, and the ids of the first ones (a value has 500 places).

    Of the people themselves nothing is told.
    """
    if booking is None:
        return {}
    ids = " ".join(one.hex for (one,) in _PEOPLE.all(booking=booking.pk))
    return {"seats": str(booking.seats), "registrations": ids}


def token(donation: Donation) -> str:
    """Return the signed token of the donation's return page."""
    return links.make(CHECKOUT_LINK, donation.public_id, donation.link_version)


def complete(donation: Donation) -> dict[str, Any]:
    """Return the stored parameters with the addresses that Stripe sends the visitor back to.

    Always in the same order, before the database has stored them (jsonb orders keys its own way)
    and after: under one idempotency key the request must be the same to the byte.
    """
    made = token(donation)
    parameters = {
        **donation.session_parameters,
        "success_url": settings.SITE_URL + reverse("checkout_return", args=[made]),
        "cancel_url": settings.SITE_URL + reverse("checkout_cancelled", args=[made]),
    }
    ordered: dict[str, Any] = json.loads(json.dumps(parameters, sort_keys=True))
    return ordered
