"""What webhooks say: the shapes of the API, as a viewer of the team sees them.

No payload holds a name, an address, a message or an answer: a program that needs them asks for the
row by its id, with a token whose maker may see them at that moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from ninja import Schema
from ninja.responses import NinjaJSONEncoder

from donations.api.shapes import (
    Amount,
    CampaignShape,
    DonationShape,
    RegistrationShape,
    WorkshopShape,
    amount,
)
from donations.models import Donation, Remittance
from events.models import Campaign, Registration, WebhookDelivery, Workshop
from events.services.webhooks.kinds import KINDS, TEST
from fundraiser.core.money import Money


class RemittanceShape(Schema):
    """A transfer to the charity."""

    id: UUID
    campaign: UUID
    state: str
    amount: Amount
    sent_on: date
    created_at: datetime

    @classmethod
    def of(cls, row: Remittance) -> RemittanceShape:
        """Return a transfer as it is shown."""
        return cls(
            id=row.public_id,
            campaign=row.campaign.public_id,
            state=row.state,
            amount=amount(Money(row.amount_minor, row.currency)),
            sent_on=row.sent_on,
            created_at=row.created_at,
        )


#: What is told, and the campaign whose team may be told.
_Found = tuple[Schema, Campaign]


def _campaign(number: int) -> _Found | None:
    row = Campaign.objects.select_related("team").filter(pk=number).first()
    return (CampaignShape.of(row), row) if row else None


def _workshop(number: int) -> _Found | None:
    row = Workshop.objects.select_related("campaign__team").filter(pk=number).first()
    return (WorkshopShape.of(row), row.campaign) if row else None


def _donation(number: int) -> _Found | None:
    rows = Donation.objects.select_related("campaign__team", "workshop")
    row = rows.filter(pk=number).first()
    return (DonationShape.of(row, personal=False), row.campaign) if row else None


def _remittance(number: int) -> _Found | None:
    row = Remittance.objects.select_related("campaign__team").filter(pk=number).first()
    return (RemittanceShape.of(row), row.campaign) if row else None


def _registration(number: int) -> _Found | None:
    rows = Registration.objects.select_related("booking__workshop__campaign__team")
    row = rows.filter(pk=number).first()
    if row is None or row.booking.workshop.hides_carried:
        return None
    return RegistrationShape.of(row, personal=False), row.booking.workshop.campaign


#: The part of a kind before its dot: how its row is found, and the shape that it has.
_READ: Final[dict[str, tuple[Callable[[int], _Found | None], type[Schema]]]] = {
    "campaign": (_campaign, CampaignShape),
    "workshop": (_workshop, WorkshopShape),
    "donation": (_donation, DonationShape),
    "registration": (_registration, RegistrationShape),
    "remittance": (_remittance, RemittanceShape),
}


def payload(delivery: WebhookDelivery) -> dict[str, Any] | None:
    """Return the "data" of a delivery, ready for JSON; None where there is nothing to tell.

    That is a row which is gone, or is another team's by now, and whatever a suspended team has.
    """
    if delivery.kind == TEST:
        return {"id": str(delivery.endpoint.public_id)}
    team = delivery.endpoint.team
    if team.suspended_at is not None:
        return None
    subject = delivery.kind.partition(".")[0]
    found = _READ[subject][0](int(delivery.ids[subject]))
    if found is None:
        return _gone(delivery)
    shape, campaign = found
    if campaign.team_id != team.pk:
        return None
    told: dict[str, Any] = json.loads(NinjaJSONEncoder().encode(shape.model_dump()))
    return told


def _gone(delivery: WebhookDelivery) -> dict[str, Any] | None:
    """A seat that was given back out of a group has no row any more: its id says which it was."""
    if delivery.kind != "registration.cancelled":
        return None
    if Registration.objects.filter(pk=delivery.ids["registration"]).exists():
        return None
    return {"id": delivery.ids["public_id"], "state": "cancelled"}


def describe(found: dict[str, Any]) -> None:
    """Add to an OpenAPI 3.1 description what each webhook says."""
    schemas = found["components"]["schemas"]
    own = RemittanceShape.model_json_schema(ref_template="#/components/schemas/{model}")
    own.pop("$defs", None)
    schemas["RemittanceShape"] = own
    found["webhooks"] = {kind: {"post": _operation(kind)} for kind in KINDS}


def _operation(kind: str) -> dict[str, Any]:
    shape = _READ[kind.partition(".")[0]][1].__name__
    told = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": kind},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"$ref": f"#/components/schemas/{shape}"},
        },
    }
    return {
        "summary": kind,
        "description": "Signed as Standard Webhooks says; any answer of 200 to 299 takes it.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": told}}},
        "responses": {"200": {"description": "Taken."}},
    }
