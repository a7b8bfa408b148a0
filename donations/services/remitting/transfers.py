"""What everybody may see of a campaign's transfers, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from donations.models import Acknowledgement, Remittance
from donations.services.remitting import doors
from donations.states import RemittanceMethod, RemittanceState
from events.models import Campaign
from fundraiser.core.money import Money

METHODS: Final[dict[RemittanceMethod, Promise]] = {
    RemittanceMethod.BANK: _("Bank transfer"),
    RemittanceMethod.PAGE: _("On the charity’s own page"),
    RemittanceMethod.CHEQUE: _("Cheque"),
    RemittanceMethod.OTHER: _("Another way"),
}


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the charity said. ``difference``: received less sent; None: none."""

    on: date
    received: Money
    difference: Money | None
    name: str
    role: str
    domain: str
    is_at_site: bool

    @property
    def missing(self) -> Money | None:
        """How much less arrived than was sent, as a positive amount."""
        return None if self.difference is None else -self.difference


@dataclass(frozen=True, slots=True)
class TransferShown:
    """One transfer, as its campaign's page shows it."""

    amount: Money
    sent_on: date
    method: str
    note: str
    receipt_url: str
    is_asked: bool
    returned_on: date | None
    return_reason: str
    acknowledged: Acknowledged | None


def shown(campaign: Campaign) -> Sequence[TransferShown]:
    """Return a campaign's transfers, latest first: two queries."""
    return [_shown(row) for row in doors.of_campaign(campaign)]


def _shown(row: Remittance) -> TransferShown:
    is_returned = row.state == RemittanceState.RETURNED
    has_receipt = row.receipt_is_public and not is_returned
    return TransferShown(
        amount=row.amount,
        sent_on=row.sent_on,
        method=str(METHODS[RemittanceMethod(row.method)]),
        note=row.note,
        receipt_url=reverse("transfer_receipt", args=[row.public_id]) if has_receipt else "",
        is_asked=row.state == RemittanceState.ASKED,
        returned_on=row.returned_at.date() if row.returned_at else None,
        return_reason=row.return_reason,
        acknowledged=None if is_returned else acknowledged(row),
    )


def acknowledged(row: Remittance) -> Acknowledged | None:
    """Return what the charity said of a transfer, if it did."""
    answers = [one for one in row.acknowledgements.all() if one.acknowledged_at is not None]
    return _acknowledged(row, answers[-1]) if answers else None


def _acknowledged(row: Remittance, said: Acknowledgement) -> Acknowledged:
    received = Money(said.received_minor or 0, row.currency)
    return Acknowledged(
        on=said.received_on or row.sent_on,
        received=received,
        difference=received - row.amount if received != row.amount else None,
        name=said.officer_name if said.shows_name else "",
        role=said.officer_role,
        domain=said.domain,
        is_at_site=said.is_at_site,
    )


def last_acknowledged(transfers: Sequence[TransferShown]) -> date | None:
    """Return when the charity acknowledged everything that stands, or None."""
    standing = [one for one in transfers if one.returned_on is None]
    days = [one.acknowledged.on for one in standing if one.acknowledged is not None]
    return max(days) if days and len(days) == len(standing) else None
