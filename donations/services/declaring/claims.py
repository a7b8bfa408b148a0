"""Gifts shown by receipt: from the form with a provisional seat to an organizer's decision.

Whoever decides locks the claim, then its booking, workshop and total: a claim stands where a
donation does in the order of all locks.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from donations.models import Claim
from donations.services.abuse import limits
from donations.services.declaring import claim_seats, declared, receipt_files
from donations.states import CLAIM_TABLE, ClaimState, SourceType
from events.models import Campaign, Workshop
from events.services.mails import outbox
from events.services.seating import seats
from events.states import BookingState, CampaignState, Destination, TeamState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError
from fundraiser.core.money import Money
from fundraiser.core.transitions import advance

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

logger = logging.getLogger(__name__)

#: So many seats and receipts that nobody has looked at yet may one address show to a campaign.
MOST_OPEN: Final = 5


class DecidedError(ServiceError):
    """Somebody decided about it already."""

    code = "decided"


class TooManyError(ServiceError):
    """The address has shown so much that nobody has looked at yet."""

    code = "too_many"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a giver tells on the form."""

    amount: Money
    payer: seats.Payer
    visit: uuid.UUID
    reference: str = ""
    receipt: receipt_files.Receipt | None = None
    message: str = ""
    hide_name: bool = False
    hide_amount: bool = False
    client_hash: str = ""

    def nonce(self, place: str) -> uuid.UUID:
        """Return what names this very claim: the same form sent twice gives the same one."""
        payer = self.payer
        others = [(one.name, one.email.lower()) for one in payer.companions]
        typed = (place, self.amount.minor, payer.name, payer.email.lower(), payer.seats, others)
        told = (self.reference, self.receipt.sum if self.receipt else "", self.message)
        shown = (self.hide_name, self.hide_amount, sorted(payer.answers.items()))
        return uuid.uuid5(self.visit, repr((*typed, *told, *shown)))


def are_taken(campaign: Campaign) -> bool:
    """Return whether a visitor can show a gift to the campaign now."""
    if campaign.state != CampaignState.PUBLISHED or campaign.destination != Destination.EXTERNAL:
        return False
    if campaign.is_suspended or campaign.team.state == TeamState.PENDING:
        return False
    return campaign.closes_at is None or campaign.closes_at > clock.now()


def show(*, campaign: Campaign, workshop: Workshop | None, shown: Shown) -> Claim:
    """Keep a claim, hold its seats if there is a workshop, and tell its giver.

    The same form sent twice is the same claim; a changed one takes the place of the first.
    Raises seats.FullError, seats.ClosedError, TooManyError or limits.TooManyError.
    """
    if not are_taken(campaign):
        raise seats.ClosedError("closed")
    nonce = shown.nonce(f"{campaign.pk}:{workshop.pk if workshop else ''}")
    known = Claim.objects.filter(nonce=nonce)
    if (found := known.first()) is not None:
        return found
    file = receipt_files.keep(shown.receipt) if shown.receipt else ""
    try:
        with transaction.atomic():
            return _write(campaign, workshop, shown, nonce=nonce, file=file)
    except (IntegrityError, seats.FullError):
        receipt_files.forget(file)
        # The same form was sent twice and the other one was quicker, perhaps for the last seat.
        if (found := known.first()) is None:
            raise
        return found
    except ServiceError:
        receipt_files.forget(file)
        raise


def _write(
    campaign: Campaign, workshop: Workshop | None, shown: Shown, *, nonce: uuid.UUID, file: str
) -> Claim:
    payer, now = shown.payer, clock.now()
    limits.take_receipt(client_hash=shown.client_hash)
    for former in _locked(Claim.objects.filter(visit=shown.visit, state=ClaimState.SHOWN)):
        _withdraw(former)
    waiting = Claim.objects.filter(campaign=campaign, state=ClaimState.SHOWN)
    if waiting.filter(email__iexact=payer.email).count() >= MOST_OPEN:
        raise TooManyError(payer.email)
    booking = None
    if workshop is not None:
        end = claim_seats.kept_until(workshop, campaign.claim_days, now)
        booking = seats.hold(workshop=workshop, payer=payer, nonce=nonce, hold_expires_at=end)
    claim = Claim.objects.create(
        campaign=campaign,
        workshop=workshop,
        booking=booking,
        amount_minor=shown.amount.minor,
        currency=shown.amount.currency,
        name=payer.name,
        email=payer.email,
        language=payer.language,
        message=shown.message,
        hide_name=shown.hide_name,
        hide_amount=shown.hide_amount,
        reference=shown.reference,
        file=file,
        file_sum=shown.receipt.sum if shown.receipt else "",
        visit=shown.visit,
        nonce=nonce,
        client_hash=shown.client_hash,
        created_at=now,
    )
    outbox.queue(key=f"claim_received:{claim.pk}", kind="claim_received", claim=claim.pk)
    if claim_seats.is_about_to_begin(claim, now):
        claim_seats.take(claim)
    return claim


def _locked(rows: QuerySet[Claim]) -> list[Claim]:
    ordered = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    return list(ordered.select_related("campaign"))


def _open(claim_id: int) -> Claim:
    (claim,) = _locked(Claim.objects.filter(pk=claim_id))
    if not claim.is_open:
        raise DecidedError(claim.state)
    return claim


def _decided(by: AbstractBaseUser | AnonymousUser) -> dict[str, object]:
    return {"decided_at": clock.now(), "decided_by_id": by.pk}


def accept(claim_id: int, *, by: AbstractBaseUser | AnonymousUser) -> Claim:
    """Believe a claim: its gift is declared, and its seat confirmed if there is one left.

    Whoever gets a confirmation needs no other mail. Raises DecidedError.
    """
    with transaction.atomic():
        claim = _open(claim_id)
        was_told = claim_seats.take(claim)
        advance(claim, ClaimState.ACCEPTED, CLAIM_TABLE, **_decided(by))
        declared.post(
            campaign=claim.campaign,
            amount=claim.amount,
            source=(SourceType.CLAIM, claim.public_id),
            occurred_at=claim.created_at,
        )
        if not was_told:
            _tell(claim)
    return claim


def decline(claim_id: int, *, reason: str, by: AbstractBaseUser | AnonymousUser) -> Claim:
    """Not believe a claim; its seat is free again, and its giver reads why. Raises DecidedError."""
    with transaction.atomic():
        claim = _open(claim_id)
        decided = {"answer": reason, **_decided(by)}
        advance(claim, ClaimState.DECLINED, CLAIM_TABLE, **decided)
        claim_seats.free(claim)
        _tell(claim)
    return claim


def undo(claim_id: int, *, reason: str, by: AbstractBaseUser | AnonymousUser) -> Claim:
    """Take an acceptance back by a counter-entry; the seat goes with it. Raises DecidedError."""
    with transaction.atomic():
        (claim,) = _locked(Claim.objects.filter(pk=claim_id))
        if claim.state != ClaimState.ACCEPTED:
            raise DecidedError(claim.state)
        decided = {"answer": reason, **_decided(by)}
        advance(claim, ClaimState.UNDONE, CLAIM_TABLE, **decided)
        claim_seats.free(claim)
        source = (SourceType.CLAIM, claim.public_id)
        declared.undo(campaign=claim.campaign, amount=claim.amount, source=source)
        _tell(claim)
    return claim


def withdraw(claim_id: int) -> Claim:
    """Take a claim back on its giver's wish; one that was decided stays as it is."""
    with transaction.atomic():
        (claim,) = _locked(Claim.objects.filter(pk=claim_id))
        if claim.is_open:
            _withdraw(claim)
    return claim


def _withdraw(claim: Claim) -> None:
    advance(claim, ClaimState.WITHDRAWN, CLAIM_TABLE)
    claim_seats.free(claim)


def _tell(claim: Claim) -> None:
    """Queue what became of a claim, once for each state."""
    key = f"claim_answer:{claim.pk}:{claim.state}"
    outbox.queue(key=key, kind="claim_answer", claim=claim.pk)


def admit(now: datetime) -> int:
    """Seat who still waits for an answer when the workshop is about to begin; return how many.

    They gave, by what they say, and it is not their fault that nobody has looked.
    """
    begins = now + claim_seats.BEFORE
    rows = Claim.objects.filter(
        state=ClaimState.SHOWN,
        booking__state=BookingState.HELD,
        booking__hold_expires_at__gt=now - timedelta(hours=1),
        workshop__starts_at__lte=begins,
    )
    admit_one = partial(_admit_one, now=now)
    return sum(_tried(admit_one, pk) for pk in rows.values_list("pk", flat=True)[:500])


def _tried(act: Callable[[int], bool], claim_id: int) -> bool:
    """Do one of many: what stands in its way, as a lock that is held, must not stop the others."""
    try:
        return act(claim_id)
    except Exception as error:  # noqa: BLE001 -- as in the sweeper, which calls this again
        logger.warning("claim %s stays as it is: %s", claim_id, error)
        return False


def _admit_one(claim_id: int, now: datetime) -> bool:
    with transaction.atomic():
        (claim,) = _locked(Claim.objects.filter(pk=claim_id))
        if claim.state != ClaimState.SHOWN or not claim_seats.is_about_to_begin(claim, now):
            return False
        return claim_seats.take(claim)


def expire() -> int:
    """Mark the claims whose seat was released before anybody looked, and tell their givers."""
    rows = Claim.objects.filter(state=ClaimState.SHOWN, booking__state=BookingState.EXPIRED)
    return sum(_tried(_expire_one, pk) for pk in rows.values_list("pk", flat=True)[:500])


def _expire_one(claim_id: int) -> bool:
    with transaction.atomic():
        (claim,) = _locked(Claim.objects.filter(pk=claim_id))
        if claim.state != ClaimState.SHOWN:
            return False
        advance(claim, ClaimState.EXPIRED, CLAIM_TABLE)
        _tell(claim)
    return True
