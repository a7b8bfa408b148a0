"""The charity says that a transfer arrived: an officer is asked by a link, and answers once.

A newer question ends the link of an older one, and so does undoing the transfer. Whoever changes
anything here has locked the campaign's total first (remittances.lock).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from donations.models import Acknowledgement, Remittance
from donations.services import totals
from donations.services.remitting import charity_addresses, remittances
from donations.states import REMITTANCE_TABLE, RemittanceState
from events.models import Membership
from events.services.mails import outbox
from events.services.webhooks import outbox as webhooks
from events.states import Role
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError
from fundraiser.core.money import Money
from fundraiser.core.transitions import advance

#: So many questions may be asked about one transfer: nobody is to be pestered through us.
MOST_ASKED: Final = 5


class AddressRefusedError(ServiceError):
    """The address is not the charity's. ``why``: "shared" or "elsewhere"."""

    code = "address_refused"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.why = code


class NotToAskError(ServiceError):
    """The transfer was acknowledged or undone, or was asked about too often."""

    code = "not_to_ask"


class AnsweredAlreadyError(ServiceError):
    """The link was used, or does not lead there any more."""

    code = "answered_already"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an officer says."""

    received: Money
    received_on: date
    name: str
    role: str
    shows_name: bool


def ask(*, remittance: Remittance, email: str, language: str) -> Acknowledgement:
    """Ask an officer; where the charity has no site of its own, an admin approves it first.

    Raises AddressRefusedError, NotToAskError.
    """
    at_site = _checked(email, remittance.campaign.charity_site)
    now = clock.now()
    with transaction.atomic():
        remittances.lock(remittance.campaign)
        row = Remittance.objects.select_for_update(no_key=True).get(pk=remittance.pk)
        can_be = {RemittanceState.RECORDED, RemittanceState.ASKED}
        if row.state not in can_be or row.acknowledgements.count() >= MOST_ASKED:
            raise NotToAskError(str(row.pk))
        row.acknowledgements.filter(revoked_at=None).update(revoked_at=now)
        asked = Acknowledgement.objects.create(
            remittance=row,
            email=email,
            domain=charity_addresses.domain_of(email),
            language=language,
            asked_at=now,
            is_at_site=at_site,
            approved_at=now if at_site else None,
        )
        if at_site:
            _send(asked, row)
    return asked


def _checked(email: str, site: str) -> bool:
    """Return whether an address is at the charity's site; False where there is none to be at."""
    if not charity_addresses.site_domain(site):
        return False
    if charity_addresses.is_shared(charity_addresses.domain_of(email)):
        raise AddressRefusedError("shared")
    if not charity_addresses.is_at_site(email, site):
        raise AddressRefusedError("elsewhere")
    return True


def approve(asked: Acknowledgement) -> bool:
    """Let a question go out whose address an admin has looked at; return whether this call did."""
    with transaction.atomic():
        remittances.lock(asked.remittance.campaign)
        rows = Acknowledgement.objects.filter(pk=asked.pk, approved_at=None, revoked_at=None)
        if rows.update(approved_at=clock.now()) != 1:
            return False
        _send(asked, Remittance.objects.select_for_update(no_key=True).get(pk=asked.remittance_id))
    return True


def _send(asked: Acknowledgement, row: Remittance) -> None:
    if row.state == RemittanceState.RECORDED:
        advance(row, RemittanceState.ASKED, REMITTANCE_TABLE)
    outbox.queue(
        key=f"acknowledge_request:{asked.pk}",
        kind="acknowledge_request",
        acknowledgement=asked.pk,
    )


def answer(asked: Acknowledgement, said: Answer) -> None:
    """Write down what an officer says, once. Raises AnsweredAlreadyError."""
    campaign = asked.remittance.campaign
    with transaction.atomic():
        remittances.lock(campaign)
        row = Remittance.objects.select_for_update(no_key=True).get(pk=asked.remittance_id)
        now = clock.now()
        open_now = Acknowledgement.objects.filter(
            pk=asked.pk, acknowledged_at=None, revoked_at=None, approved_at__isnull=False
        )
        written = open_now.update(
            acknowledged_at=now,
            received_minor=said.received.minor,
            received_on=said.received_on,
            officer_name=said.name,
            officer_role=said.role,
            shows_name=said.shows_name,
        )
        if written != 1 or row.state != RemittanceState.ASKED:
            transaction.set_rollback(True)
            raise AnsweredAlreadyError(str(asked.pk))
        advance(row, RemittanceState.ACKNOWLEDGED, REMITTANCE_TABLE)
        webhooks.tell(
            "remittance.acknowledged",
            campaign_id=campaign.pk,
            key=str(asked.pk),
            remittance=row.pk,
        )
        totals.move_campaign(campaign, ())  # its page shows it: a new version
        owners = Membership.objects.filter(team_id=campaign.team_id, role=Role.OWNER)
        for pk in owners.values_list("pk", flat=True):
            outbox.queue(
                key=f"acknowledged:{asked.pk}:{pk}",
                kind="acknowledged",
                acknowledgement=asked.pk,
                membership=pk,
            )


def waiting_for_approval() -> list[Acknowledgement]:
    """Return the questions whose address an admin has to look at, oldest first."""
    rows = Acknowledgement.objects.filter(approved_at=None, revoked_at=None).exclude(email="")
    found = rows.exclude(remittance__state=RemittanceState.RETURNED)
    return list(found.select_related("remittance__campaign").order_by("pk")[:100])
