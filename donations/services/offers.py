"""Paying for a seat that is held already: an offer from the waiting list, or more time.

The ordinary way of checkout.py, with two differences: the booking is there before the form, and
it may have several attempts, one after the other. At most one of them is payable.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from donations.gateway import Gateway, GatewayError
from donations.models import Donation
from donations.services import account_readiness, attempt_numbers, checkout, settlement
from donations.services.abuse import limits, pausing
from donations.states import LIVE, DonationState, Purpose
from events.models import Booking, Campaign, Workshop
from events.services import origins
from events.services.seating import confirmations, holds, seats
from events.states import BookingState
from fundraiser.core import clock
from fundraiser.core.failpoints import reached
from fundraiser.core.money import Money

#: Two pages of one booking that were sent at the same moment replace each other so often at most.
_ROUNDS: Final = 4
#: Who is offered a seat has at least so long to take it once gifts can be taken again.
_RESTS: Final = timedelta(hours=1)
#: Nothing is left to pay: the money arrived, or is on its way.
_SETTLED: Final = frozenset({DonationState.PAID, DonationState.PROCESSING})


class _OvertakenError(Exception):
    """Another page of the same booking has just got a session."""


def start(*, booking: Booking, gift: checkout.Gift, gateway: Gateway) -> Donation:
    """Return a donation with a payable session for a booking that holds its seats by an offer.

    Any other unpaid session of the booking is ended first. Where the seat is paid for already, or
    a person has to look at its payment, that donation is returned.
    Raises limits.TooManyError, seats.OverError, seats.ClosedError, or checkout.UnreachableError
    (the hold stays).
    """
    account_readiness.refuse_paused(booking.workshop.campaign)
    place = f"{booking.workshop.campaign_id}:{booking.workshop_id}:{booking.pk}"
    for _ in range(_ROUNDS):
        attempts = list(Donation.objects.filter(booking=booking, purpose=Purpose.SEAT))
        settled = next((one for one in attempts if one.state in _SETTLED or one.quarantine), None)
        if settled is not None:
            return settled
        nonce = attempt_numbers.unused(gift, place, attempts)
        others = [one for one in attempts if one.state in LIVE and one.nonce != nonce]
        if others:  # before one of them is ended for another that would be refused
            limits.check(client_hash=gift.client_hash)
        checkout.replace(others, gateway)
        try:
            donation = _take_over(booking, gift, nonce)
        except _OvertakenError:
            continue
        reached("checkout:held")
        return checkout.open_session(donation, gateway=gateway)
    raise checkout.UnreachableError("another page of the same booking")


def _take_over(booking: Booking, gift: checkout.Gift, nonce: uuid.UUID) -> Donation:
    """Write the attempt and let Stripe decide about the hold from now on, in one transaction."""
    with transaction.atomic():
        known = Donation.objects.filter(nonce=nonce).first()
        if known is None:
            limits.take(client_hash=gift.client_hash)
        locked = Booking.objects.select_for_update(no_key=True).get(pk=booking.pk)
        known = Donation.objects.filter(nonce=nonce).first()
        if known is not None:
            return known
        _check(locked, booking.workshop)
        locked.hold_expires_at = None
        seats.fill_in(locked, gift.payer)
        workshop = booking.workshop
        donation = checkout.attempt(workshop.campaign, workshop, locked, gift, nonce)
        donation.save(force_insert=True)
    return donation


def _check(locked: Booking, workshop: Workshop) -> None:
    status = seats.registration_status(workshop, clock.now())
    if status not in seats.REGISTERS:
        raise seats.ClosedError(status)
    if locked.state != BookingState.HELD:
        raise seats.OverError(locked.state)
    if locked.hold_expires_at is None:
        raise _OvertakenError
    if locked.hold_expires_at <= clock.now():
        raise seats.OverError("expired")


def take_without_gift(*, booking: Booking, payer: seats.Payer, gateway: Gateway) -> Booking:
    """Confirm an offered seat without a gift, where the workshop allows zero; return the booking.

    The address is proven by the mail that the offer came in. A second seat of one address is
    given back, and the booking that has the first is returned. Doing it twice changes nothing.
    Raises seats.OverError, seats.ClosedError, or checkout.UnreachableError.
    """
    unpaid = Donation.objects.filter(booking=booking, purpose=Purpose.SEAT)
    checkout.replace(unpaid.filter(state__in=LIVE), gateway)
    with transaction.atomic():
        locked = Booking.objects.select_for_update(no_key=True).get(pk=booking.pk)
        if locked.state == BookingState.CONFIRMED:
            return locked
        try:
            _check(locked, booking.workshop)
        except _OvertakenError as error:
            raise checkout.UnreachableError("another page of the same booking") from error
        Workshop.objects.select_for_update(no_key=True).get(pk=locked.workshop_id)
        twins = Booking.objects.confirmed_for(locked.workshop_id, locked.email)
        twin = twins.select_related("workshop__campaign").first()
        if twin is not None:
            seats.release(locked, BookingState.CANCELLED)
            return twin
        seats.fill_in(locked, payer)
        seats.confirm(locked)
        confirmations.queue(locked)
    return locked


def can_extend(booking: Booking) -> bool:
    """Whether more time can be had now: a hold without a session, or a session about to end."""
    if holds.can_extend(booking):
        return True
    held = booking.state == BookingState.HELD and booking.hold_expires_at is None
    if not held or booking.extended_at is not None:
        return False
    attempt = _unpaid(booking)
    if attempt is None or not _registers(booking.workshop):
        return False
    now, end = clock.now(), attempt.session_expires_at
    # Where the last moment comes first there is nothing to gain, and a running session to lose.
    return end - now < holds.MORE_TIME and max(now, end) < holds.last_moment(booking.workshop)


def _registers(workshop: Workshop) -> bool:
    """Whether a seat of the workshop can be paid for now; whether one is free is not asked."""
    return seats.registration_status(workshop, clock.now()) in seats.REGISTERS


def rest(now: datetime) -> int:
    """Keep the offers that nobody can take now, since no gifts are taken; return how many.

    The sweeper's round, before it ends what is overdue: otherwise a pause of the site, or a Stripe
    account that is not ready, would use up the whole line.
    """
    ending = Booking.objects.filter(
        state=BookingState.HELD, offered_at__isnull=False, hold_expires_at__lt=now + _RESTS
    )
    offered = ending.select_related("workshop__campaign__team").order_by("pk")
    resting = [one.pk for one in offered if _takes_nothing(one.workshop.campaign)]
    return sum(holds.rest(pk, now + _RESTS) for pk in resting)


def _takes_nothing(campaign: Campaign) -> bool:
    return pausing.is_on_for(campaign) or account_readiness.is_paused(campaign)


def extend(booking: Booking, *, gateway: Gateway) -> Donation | None:
    """Give more time, once; return the attempt to go on with, where there is one.

    A hold without a session ends later. A session cannot: it is ended at Stripe, and another one
    is made for the same gift under the same booking, which stays held meanwhile (holds.keep).
    Asking again, at once or after a crash in between, leads to the same new session.
    Raises checkout.UnreachableError, or account_readiness.PausedError: what is open stays so.
    """
    if holds.extend(booking.pk):
        return None
    attempt = _latest(booking)
    if attempt is None:
        return None
    if can_extend(booking):
        rows = Booking.objects.filter(pk=booking.pk, state=BookingState.HELD, extended_at=None)
        rows.update(extended_at=clock.now())
    booking.refresh_from_db(fields=["extended_at"])
    if booking.extended_at is None or attempt.session_expires_at <= booking.extended_at:
        return None
    if attempt.created_at >= booking.extended_at:
        return checkout.open_session(attempt, gateway=gateway)
    if not _registers(booking.workshop):
        return None
    account_readiness.refuse_paused(booking.workshop.campaign)
    try:
        if attempt.state in LIVE:
            attempt = checkout.end(attempt, gateway=gateway)
    except (GatewayError, settlement.BusyError) as error:
        raise checkout.UnreachableError(str(error)) from error
    if attempt.state != DonationState.EXPIRED:
        return attempt
    return checkout.open_session(_renewed(booking.pk, attempt), gateway=gateway)


def _unpaid(booking: Booking) -> Donation | None:
    """Return the booking's session that can be paid, unless a person has to look at it."""
    attempt = _latest(booking)
    waits = {DonationState.CREATED, DonationState.OPEN}
    return attempt if attempt and attempt.state in waits and not attempt.quarantine else None


def _latest(booking: Booking) -> Donation | None:
    rows = Donation.objects.filter(booking=booking, purpose=Purpose.SEAT)
    return rows.select_related("campaign", "workshop").order_by("-pk").first()


def _renewed(booking_id: int, old: Donation) -> Donation:
    """Write the next attempt at the same gift; return the old one where no seat is kept for it."""
    with transaction.atomic():
        booking = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
        nonce = attempt_numbers.following(old.nonce)
        known = Donation.objects.filter(nonce=nonce).first()
        if known is not None:
            return known
        end = booking.hold_expires_at
        if booking.state != BookingState.HELD or end is None or end <= clock.now():
            return old
        if not _registers(booking.workshop):
            return old
        Booking.objects.filter(pk=booking.pk).update(hold_expires_at=None)
        donation = checkout.attempt(old.campaign, old.workshop, booking, _gift_of(old), nonce)
        donation.save(force_insert=True)
    return donation


def _gift_of(old: Donation) -> checkout.Gift:
    """Return what was asked for by an attempt, as far as another attempt needs it."""
    return checkout.Gift(
        amount=old.amount,
        cover=Money(old.fee_cover_minor, old.currency),
        payer=seats.Payer(
            name=old.name, email=old.email, language=old.language, wants_news=old.wants_news
        ),
        visit=old.visit,
        message=old.message,
        hide_name=old.hide_name,
        hide_amount=old.hide_amount,
        client_hash=old.client_hash,
        origin=origins.Origin(old.referral, old.invitation, old.utm),
    )
