"""The sweeper: finishes what was begun and not ended. Safe at any time, several at once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import F, Q

from donations.gateway import AccountGoneError, Gateway, GatewayError
from donations.models import Donation
from donations.services import checkout, inbox, offers, settlement
from donations.services.declaring import claims
from donations.states import DonationState
from events.services.seating import seats, waiting_list
from fundraiser.core import clock

logger = logging.getLogger(__name__)

#: A visitor's own call to Stripe has ended long before.
UNANSWERED: Final = timedelta(seconds=30)
#: How often a bank debit on its way, or quarantined money, is asked about.
DEBIT_PAUSE: Final = timedelta(minutes=10)
#: After so many calls without an answer a round ends: each one costs its whole time-out.
SILENCES: Final = 3


@dataclass(frozen=True, slots=True)
class Swept:
    """How many of each were looked at and finished, and how often Stripe could not be asked."""

    sessions: int
    holds: int
    events: int
    failures: int
    offers: int


def sweep(*, gateway: Gateway) -> Swept:
    """Ask Stripe about unfinished sessions, release overdue holds, apply pending events.

    Who showed a gift given elsewhere, and waits for an answer, is let in when the workshop begins.
    At last, what came free meanwhile is offered to who waits for it.
    """
    finished = failures = silences = 0
    for donation_id in _due_ids():
        try:
            finish(donation_id, gateway=gateway)
            finished += 1
        except AccountGoneError:
            settlement.lose_sight(donation_id)
        except Exception as error:  # noqa: BLE001 -- one bad attempt must not stop the others
            failures += 1
            logger.warning("sweep: donation %s stays as it is: %s", donation_id, error)
            silences += isinstance(error, GatewayError) and error.retryable
        if silences >= SILENCES:
            logger.warning("sweep: Stripe does not answer, the rest waits for the next round")
            break
    now = clock.now()
    claims.admit(now)
    offers.rest(now)
    overdue = seats.overdue_hold_ids(now)
    # Their sessions were to be replaced, and could not be ended: Stripe decides about them.
    payable = set(
        Donation.objects.live().filter(booking__in=overdue).values_list("booking_id", flat=True)
    )
    holds = sum(seats.expire_hold(pk, now) for pk in overdue if pk not in payable)
    claims.expire()
    events = inbox.apply_pending(gateway=gateway)
    return Swept(finished, holds, events, failures, waiting_list.offer_everywhere())


def _due_ids() -> list[int]:
    now = clock.now()
    slow = Q(state=DonationState.PROCESSING) | ~Q(quarantine="")
    recently_asked = slow & Q(checked_at__gt=now - DEBIT_PAUSE)
    rows = Donation.objects.due_for_a_look(now=now, unanswered_since=now - UNANSWERED)
    oldest_first = F("checked_at").asc(nulls_first=True)
    ordered = rows.exclude(recently_asked).order_by(oldest_first, "pk")
    return list(ordered.values_list("pk", flat=True)[:500])


def finish(donation_id: int, *, gateway: Gateway) -> None:
    """Learn the session of an unanswered attempt, and bring it to what Stripe says.

    The same key is replayed with the same parameters. One that gave way to another payment for the
    same seat, or whose campaign was suspended, is made unpayable. Raises GatewayError or BusyError.
    """
    donation = Donation.objects.select_related("campaign__team").get(pk=donation_id)
    unpaid = donation.state in {DonationState.CREATED, DonationState.OPEN}
    if donation.gave_way or (unpaid and donation.campaign.is_suspended):
        checkout.end(donation, gateway=gateway)
        return
    checkout.ensure_session(donation, gateway=gateway)
    donation.refresh_from_db(fields=["session_id"])
    if donation.session_id is not None:
        settlement.apply(donation_id, gateway=gateway)
