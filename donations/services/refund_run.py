"""The refunds of cancelled workshops, as a job that may die anywhere and be run by several.

For each choice that is due:

1. Lock its row. Nobody chose by the deadline: the default. A gift that stays is done with that.
   For a refund: write that it began, so that it can no longer be changed, and when it is tried
   next, so that nobody else begins it meanwhile. Commit.
2. Ask Stripe, under the donation's own key: asked again after dying it is the same refund.
3. Settle the donation as always: ledger, total, mail.
4. Write that it is done.

Dying between any two of them leaves a row that is due again. Nothing but 1 decides; the key
decides that it is once. Stripe's silence is waited for longer and longer; after ATTEMPTS, or where
Stripe refuses, the row is set aside with the reason, and an organizer sees it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from donations.gateway import Gateway, GatewayError
from donations.models import Cancellation, CancellationChoice, Donation
from donations.services import cancellations, refunding, settlement
from donations.states import Choice, DonationState, Purpose
from events.states import BookingState, WorkshopState
from fundraiser.core import clock, jobs
from fundraiser.core.failpoints import reached

logger = logging.getLogger(__name__)

#: So often it is tried, with pauses that double: 1 minute, 2, 4 …
ATTEMPTS: Final = 8
PAUSE: Final = timedelta(minutes=1)
#: For so long nobody else begins what somebody has begun: longer than Stripe is waited for.
LEASE: Final = timedelta(minutes=5)
#: A refund that Stripe has noted but not moved, or a debit on its way, is asked about so often.
WAIT: Final = timedelta(minutes=30)
#: After so many calls without an answer a round ends: each one costs its whole time-out.
SILENCES: Final = 3


@dataclass(frozen=True, slots=True)
class Round:
    """How many people were asked, and how many choices were done or failed."""

    asked: int
    done: int
    failed: int


def run(*, gateway: Gateway) -> Round:
    """Do what is due of all cancellations. Safe at any time, several at once."""
    asked = cancellations.ask_everywhere()
    _reopen_failed()
    done = failed = silences = 0
    for choice_id in _due_ids():
        began = _begin(choice_id)
        if began is None:
            continue
        reached("refund:begun")
        try:
            done += _refund(began, gateway)
        except (GatewayError, settlement.BusyError) as error:
            failed += 1
            silences += _note_failure(began.pk, error)
        if silences >= SILENCES:
            logger.warning("refunds: Stripe does not answer, the rest waits for the next round")
            break
    return Round(asked, done, failed)


def _due_ids() -> list[int]:
    now = clock.now()
    rows = CancellationChoice.objects.filter(
        Q(next_try_at=None) | Q(next_try_at__lte=now),
        Q(choice=Choice.REFUND) | Q(cancellation__deadline__lte=now),
        done_at=None,
        set_aside_at=None,
        cancellation__workshop__state=WorkshopState.CANCELLED,
    )
    return list(rows.order_by("next_try_at", "pk").values_list("pk", flat=True)[:500])


def _begin(choice_id: int) -> CancellationChoice | None:
    """Decide about one choice; return it where a refund is to be asked for now."""
    now = clock.now()
    with transaction.atomic():
        choices = CancellationChoice.objects
        rows = choices.select_for_update(no_key=True, of=("self",), skip_locked=True)
        found = (
            rows.select_related("cancellation", "booking")
            .filter(Q(next_try_at=None) | Q(next_try_at__lte=now), pk=choice_id)
            .filter(done_at=None, set_aside_at=None)
            .first()
        )
        if found is None:
            return None
        money = cancellations.money_of(found.booking)
        over = money is None or found.booking.state != BookingState.CONFIRMED
        if not found.choice and not over:
            found.choice, found.by_default = found.cancellation.default, True
        is_refund = found.choice == Choice.REFUND and not over
        if is_refund:
            found.started_at = found.started_at or now
            found.next_try_at = now + LEASE
        else:
            found.done_at, found.next_try_at, found.error = now, None, ""
        found.save()
    return found if is_refund else None


def _refund(found: CancellationChoice, gateway: Gateway) -> bool:
    """Give the money back; return whether all of it went. Raises GatewayError or BusyError."""
    donation = cancellations.money_of(found.booking)
    if donation is not None:
        payment = donation.payment_intent_id
        if donation.state != DonationState.PAID:
            return _wait(found)  # A debit on its way: it has to arrive first.
        if payment is None:
            raise GatewayError("no payment at Stripe", code="no_payment", retryable=False)
        occasion = "cancelled" if not found.rounds else f"cancelled-{found.rounds}"
        try:
            donation = refunding.give_back(donation, payment, occasion=occasion, gateway=gateway)
        except refunding.AtStripeError as error:
            # Only the account's owner can give it back now: a person has to be told.
            raise GatewayError(str(error), code="account_gone", retryable=False) from error
        reached("refund:settled")
        if donation.net_minor > 0:
            return _wait(found)
    _write(found.pk, done_at=clock.now(), next_try_at=None, error="", attempts=0)
    return True


def _wait(found: CancellationChoice) -> bool:
    _write(found.pk, next_try_at=clock.now() + WAIT)
    return False


def _write(choice_id: int, **values: object) -> None:
    CancellationChoice.objects.filter(pk=choice_id, done_at=None).update(**values)


def _note_failure(choice_id: int, error: GatewayError | settlement.BusyError) -> bool:
    """Write when it is tried again, or set it aside; return whether Stripe was silent."""
    retryable = not isinstance(error, GatewayError) or error.retryable
    found = CancellationChoice.objects.get(pk=choice_id)
    attempts, now = found.attempts + 1, clock.now()
    reason = (getattr(error, "code", "") or str(error))[:300]
    logger.warning("refunds: choice %s: %s", choice_id, error)
    if retryable and attempts < ATTEMPTS:
        pause = PAUSE * 2 ** (attempts - 1)
        _write(choice_id, attempts=attempts, next_try_at=now + pause, error=reason)
    else:
        _write(choice_id, attempts=attempts, set_aside_at=now, error=reason)
    return retryable


def _reopen_failed() -> None:
    """Set aside the refunds that a bank did not take: the money is there again."""
    back = Donation.objects.filter(
        booking=OuterRef("booking"),
        purpose=Purpose.SEAT,
        state=DonationState.PAID,
        net_minor__gt=0,
    )
    rows = CancellationChoice.objects.filter(
        Exists(back),
        choice=Choice.REFUND,
        done_at__isnull=False,
        started_at__isnull=False,
        booking__state=BookingState.CONFIRMED,
    )
    rows.update(done_at=None, set_aside_at=clock.now(), error="refund_failed")


def stuck(campaign_ids: list[int]) -> QuerySet[Cancellation]:
    """Return the cancellations of these campaigns with refunds that were set aside."""
    aside = CancellationChoice.objects.filter(
        cancellation=OuterRef("pk"), set_aside_at__isnull=False, done_at=None
    )
    rows = Cancellation.objects.filter(Exists(aside), workshop__campaign_id__in=campaign_ids)
    return rows.select_related("workshop__campaign").order_by("pk")


def try_again(found: Cancellation) -> int:
    """Begin anew what was set aside of a cancellation; return how many."""
    with transaction.atomic():
        rows = found.choices.filter(set_aside_at__isnull=False, done_at=None)
        count = 0
        for one in rows.order_by("pk").select_for_update(no_key=True):
            one.rounds += 1
            one.attempts, one.set_aside_at, one.next_try_at = 0, None, None
            one.save(update_fields=["rounds", "attempts", "set_aside_at", "next_try_at"])
            count += 1
        jobs.enqueue("donations.run_cancellations")
    return count
