"""The inbox: every event is stored once before it is answered, and applied until it is done."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Final

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.fields.json import KT

from donations.gateway import EventReference, Gateway, GatewayError
from donations.models import ConnectedAccount, Donation, StripeEvent
from donations.services import checkout, event_donations, modes, settlement
from donations.services.connecting import accounts
from donations.services.paying_out import payouts
from donations.stripe_events import (
    ACCOUNT_TYPES,
    APPLIED_TYPES,
    PAYOUT_TYPES,
    UNHURRIED_TYPES,
)
from fundraiser.core import clock, jobs, prepared
from fundraiser.core.failpoints import reached

logger = logging.getLogger(__name__)

MAXIMUM_ATTEMPTS: Final = 8
#: A claim that was not finished is taken over after so long: its process died.
CLAIM: Final = timedelta(seconds=60)


def receive(event: EventReference, *, delivered: bool = True) -> bool:
    """Store an event, once for ever by its id; return whether it was new.

    ``delivered``: a webhook brought it; otherwise it was fetched, which says nothing of webhooks.

    One of the other mode (livemode) is set aside at once: test money is never real money.
    """
    now = clock.now()
    wrong_mode = event.livemode != modes.livemode_of(event.account)
    row = StripeEvent(
        event_id=event.id,
        account=event.account,
        type=event.type[:80],
        livemode=event.livemode,
        created=event.created,
        references=dict(event.references),
        received_at=now,
        delivered_at=now if delivered else None,
        next_attempt_at=now,
        applied_at=None if event.type in APPLIED_TYPES else now,
        set_aside_at=now if wrong_mode else None,
        error="livemode differs" if wrong_mode else "",
    )
    try:
        with _failing_alone():
            row.save(force_insert=True)
    except IntegrityError:
        # Stored before; what was not applied yet is found by the worker's rounds.
        if delivered:
            known = StripeEvent.objects.filter(event_id=event.id, delivered_at=None)
            known.update(delivered_at=now)
        return False
    reached("intake:stored")
    hurried = row.applied_at is None and row.type not in UNHURRIED_TYPES
    if hurried and not wrong_mode:
        jobs.enqueue("donations.apply_event", event=row.pk)
    reached("intake:committed")
    return True


def _failing_alone() -> AbstractContextManager[object]:
    """Let one statement fail alone: a savepoint within a transaction, nothing where there is none.

    A single INSERT is committed by itself; BEGIN and COMMIT around it are two more ways there.
    """
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


_TAKE: Final = """
    UPDATE donations_stripeevent SET attempts = attempts + 1, next_attempt_at = %(until)s
    WHERE id = %(event)s AND applied_at IS NULL AND set_aside_at IS NULL
      AND next_attempt_at <= %(now)s
    RETURNING *
"""


def _claim(event_pk: int) -> StripeEvent | None:
    """Take an unapplied event whose time has come, or None where another process has it."""
    now = clock.now()
    claimed = {"event": event_pk, "now": now, "until": now + CLAIM}
    return next(iter(StripeEvent.objects.raw(_TAKE, claimed)), None)


def apply_event(event_pk: int, *, gateway: Gateway) -> bool:
    """Apply one event if it is due; return whether it is done.

    1. Claim it, so that it counts an attempt even if this process dies.
    2. Find its donation; an event of somebody else's payment is done.
    3. Settle the donation, which fetches the state anew.
    4. Mark it applied; on an error later again, and set aside after eight attempts.
    """
    event = _claim(event_pk)
    return event is not None and _try(event, gateway)


def retry_set_aside(account: str, *, gateway: Gateway) -> int:
    """Try an account's events that were set aside once more; return how many are done now.

    What stopped them, an outage of hours for one, may have passed. The others stay set aside.
    """
    rows = StripeEvent.objects.filter(
        account=account,
        applied_at__isnull=True,
        set_aside_at__isnull=False,
        livemode=modes.livemode_of(account),
    )
    return sum(_try(event, gateway) for event in rows.order_by("pk")[:500])


_DONE: Final = b"""
    UPDATE donations_stripeevent
    SET applied_at = %(now)s, donation_id = %(donation)s, error = %(error)s
    WHERE id = %(event)s
"""


def _try(event: StripeEvent, gateway: Gateway) -> bool:
    donation, is_about_gift = None, event.type not in ACCOUNT_TYPES | PAYOUT_TYPES
    try:
        if event.type in PAYOUT_TYPES:
            _refresh_payout(event, gateway)
        elif event.type in ACCOUNT_TYPES:
            _refresh_account(event, gateway)
        else:
            donation = event_donations.find(event, gateway)
            if donation is not None and not _is_known(donation, event):
                _settle(donation, event, gateway)
    except Exception as error:  # noqa: BLE001 -- one poison event must not stop the others; it is kept
        _failed(event, error)
        return False
    told = "" if donation or not is_about_gift else "not a donation of ours"
    values = {"event": event.pk, "donation": donation and donation.pk, "error": told}
    prepared.count(_DONE, {**values, "now": clock.now()})
    return True


def _is_known(row: Donation | ConnectedAccount, event: StripeEvent) -> bool:
    """Whether Stripe was asked after the event came: then what it tells was applied already."""
    return row.checked_at is not None and row.checked_at > event.received_at


def _refresh_payout(event: StripeEvent, gateway: Gateway) -> None:
    """Fetch a payout; where the key may not read it, what comes later fetches it, too.

    A restricted key without that right must neither fill the inbox nor raise an alarm for good.
    """
    try:
        payouts.refresh(event.references["object"], account=event.account, gateway=gateway)
    except GatewayError as error:
        if error.code != "permission":
            raise
        logger.warning("payout of event %s: the key may not read payouts", event.event_id)


def _refresh_account(event: StripeEvent, gateway: Gateway) -> None:
    """Fetch the connected account that sent an event, whatever the event says of it."""
    account = ConnectedAccount.objects.filter(stripe_account=event.account or "-").first()
    if account is not None and not _is_known(account, event):
        accounts.refresh(account.pk, gateway=gateway)


def _settle(donation: Donation, event: StripeEvent, gateway: Gateway) -> None:
    """Settle a donation; one whose session's answer was lost learns it from the event first."""
    if donation.session_id is None:
        session_id = event_donations.session_of(event, gateway)
        if session_id is not None:
            checkout.learn_session(donation, session_id, gateway=gateway)
            donation.refresh_from_db(fields=["session_id"])
        checkout.ensure_session(donation, gateway=gateway)
        donation.refresh_from_db(fields=["session_id"])
    if donation.session_id is not None:
        settlement.apply(donation.pk, gateway=gateway, known=donation)


def _failed(event: StripeEvent, error: Exception) -> None:
    now = clock.now()
    text = f"{type(error).__name__}: {error}"[:300]
    logger.warning("event %s: attempt %s failed: %s", event.event_id, event.attempts, text)
    pause = timedelta(seconds=min(5 * 2**event.attempts, 3600))
    aside = now if event.attempts >= MAXIMUM_ATTEMPTS else None
    StripeEvent.objects.filter(pk=event.pk).update(
        error=text, next_attempt_at=now + pause, set_aside_at=aside
    )


def retry(event_pk: int) -> None:
    """Give an event that was set aside eight more attempts, from now on."""
    rows = StripeEvent.objects.filter(pk=event_pk, applied_at=None, set_aside_at__isnull=False)
    if rows.update(set_aside_at=None, attempts=0, next_attempt_at=clock.now()):
        jobs.enqueue("donations.apply_event", event=event_pk)


def pending_ids(limit: int = 500) -> list[int]:
    """Return the events that are due, oldest first."""
    rows = StripeEvent.objects.filter(
        applied_at__isnull=True, set_aside_at__isnull=True, next_attempt_at__lte=clock.now()
    )
    return list(rows.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:limit])


def apply_pending(*, gateway: Gateway) -> int:
    """Apply every event that is due; return how many are done. Safe to run several at once."""
    known = _mark_known()
    return known + sum(apply_event(pk, gateway=gateway) for pk in pending_ids())


def _mark_known() -> int:
    """Mark all that tell of a charge about which Stripe was asked after they came, at once.

    That is what _is_known says of one event. Most of the unhurried ones are of this kind.
    """
    now = clock.now()
    due = StripeEvent.objects.filter(
        type__in=UNHURRIED_TYPES - PAYOUT_TYPES,
        applied_at__isnull=True,
        set_aside_at__isnull=True,
        next_attempt_at__lte=now,
    )
    asked = Donation.objects.filter(
        stripe_account=OuterRef("account"),
        charge_id=OuterRef("charge"),
        checked_at__gt=OuterRef("received_at"),
    )
    gift = Subquery(asked.values("pk")[:1])
    known = due.annotate(charge=KT("references__object"), gift=gift).filter(gift__isnull=False)
    try:
        with _failing_alone():
            return known.update(applied_at=now, donation=F("gift"), error="")
    except DatabaseError:  # one after the other, then
        logger.exception("events that tell nothing new could not be marked at once")
        return 0
