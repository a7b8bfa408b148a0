"""Forget what was kept long enough, by the settings RETENTION_…; amounts and the ledger stay.

Each round takes a bounded batch of each kind, oldest first, so that it holds no lock for long; what
is left is the next round's. Nothing here needs to know what a former round did.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from donations.gateway import Gateway, GatewayError
from donations.models import Acknowledgement, Claim, Donation
from donations.services import locking, settlement
from donations.services.person import erasing, replaying
from donations.states import LIVE, DonationState
from events.models import (
    Booking,
    DeliveryProblem,
    Device,
    Host,
    Invitation,
    Message,
    Person,
    Registration,
)
from events.services.webhooks import deliveries
from events.states import BookingState, MessageState
from fundraiser.core import clock, history

logger = logging.getLogger(__name__)

_BATCH: Final = 500
#: People are erased one by one, each with all that belongs to them.
_PEOPLE: Final = 50
#: An account that is being opened has no row yet.
_BOUNCED_LATE: Final = timedelta(days=1)
_NEVER_CAME: Final = (BookingState.EXPIRED, BookingState.CANCELLED)
_SAME: Final = {"email__iexact": OuterRef("email")}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows of each kind one round has forgotten."""

    people: int
    attempts: int
    devices: int
    mails: int
    problems: int
    webhooks: int
    changes: int


def apply(*, gateway: Gateway) -> Forgotten:
    """Forget one batch of everything that is due, and all sessions that are over."""
    SessionStore.clear_expired()
    return Forgotten(
        people=_people(gateway),
        attempts=_attempts(),
        devices=_devices(),
        mails=_mails(),
        problems=_problems(),
        webhooks=_webhooks(),
        changes=_changes(),
    )


def _before(name: str) -> datetime | None:
    """Return the moment before which something is old by a setting; None: never."""
    days: int = getattr(settings, name)
    return clock.now() - timedelta(days=days) if days else None


def _people(gateway: Gateway) -> int:
    """Erase who gave nothing and came to nothing since, unless a receipt must be kept."""
    before = _before("RETENTION_PERSON_DAYS")
    if before is None:
        return 0
    done = 0
    for email in sorted(set(islice(_silent(before), _PEOPLE))):
        person, _ = Person.objects.get_or_create(
            email__iexact=email, defaults={"email": email, "created_at": clock.now()}
        )
        try:
            erasing.erase(person, gateway=gateway)
            done += 1
        except (erasing.NotYetError, GatewayError, settlement.BusyError) as error:
            logger.info("a person is kept for now: %s", type(error).__name__)
    return done


def _silent(before: datetime) -> Iterable[str]:
    """Yield addresses of which nothing happened since a moment, one or several times."""
    receipts = min(before, _before("RETENTION_RECEIPT_DAYS") or before)
    active = (
        Exists(
            Donation.objects.filter(Q(created_at__gte=before) | Q(paid_at__gte=receipts), **_SAME)
        ),
        Exists(
            Booking.objects.filter(
                Q(created_at__gte=before) | Q(workshop__starts_at__gte=before), **_SAME
            )
        ),
        Exists(Registration.objects.filter(booking__workshop__starts_at__gte=before, **_SAME)),
        Exists(
            Claim.objects.filter(Q(created_at__gte=before) | Q(decided_at__gte=before), **_SAME)
        ),
        Exists(Host.objects.filter(workshop__starts_at__gte=before, **_SAME)),
        Exists(Acknowledgement.objects.filter(asked_at__gte=before, **_SAME)),
        Exists(Invitation.objects.filter(expires_at__gte=before, **_SAME)),
        Exists(Person.objects.filter(links_asked_at__gte=before, **_SAME)),
        Exists(User.objects.filter(last_login__gte=before, **_SAME)),
    )
    rows: Any
    for rows in (Donation.objects, Booking.objects, Registration.objects, Claim.objects):
        found = rows.exclude(email="").filter(created_at__lt=before)
        for one in active:
            found = found.filter(~one)
        yield from found.order_by("created_at").values_list("email", flat=True)[:_PEOPLE]


def _attempts() -> int:
    """Empty bookings and payments that came to nothing."""
    before = _before("RETENTION_ABANDONED_DAYS")
    if before is None:
        return 0
    unpaid = Donation.objects.filter(
        state__in=[DonationState.EXPIRED, DonationState.FAILED], quarantine=""
    )
    old = Booking.objects.filter(
        ~Exists(Donation.objects.filter(booking=OuterRef("pk"), state__in=[*LIVE, "paid"])),
        state__in=_NEVER_CAME,
        confirmed_at=None,
    )
    for name in ("offered_at", "declined_at", "hold_expires_at"):  # it may have ended just now
        old = old.filter(Q(**{name: None}) | Q(**{f"{name}__lt": before}))
    with transaction.atomic():
        donations = locking.in_order(_first(unpaid, before))
        bookings = list(_first(old, before).select_for_update(of=("self",), no_key=True))
        erasing.forget_attempts(donations, bookings)
    return len(donations) + len(bookings)


def _first(rows: QuerySet[Any], before: datetime) -> QuerySet[Any]:
    """Return the oldest ones that still have an address."""
    named = rows.exclude(email="").filter(created_at__lt=before)
    return rows.filter(pk__in=list(named.order_by("pk").values_list("pk", flat=True)[:_BATCH]))


def _devices() -> int:
    before = _before("RETENTION_DEVICE_DAYS")
    if before is None:
        return 0
    return _deleted(Device.objects.filter(registration__booking__workshop__starts_at__lt=before))


def _mails() -> int:
    """Take away what mail servers answered, and addresses of former holders: the rest is ids."""
    before = _before("RETENTION_MAIL_DAYS")
    if before is None:
        return 0
    over = Message.objects.filter(
        state__in=[MessageState.SENT, MessageState.DROPPED], created_at__lt=before
    )
    named = over.filter(ids__has_key="email")
    return over.exclude(error="").update(error="") + named.update(ids={})


def _problems() -> int:
    """Delete what is old, and what is told of an address that is nobody's any more.

    A mail that left before its receiver was erased may come back days later.
    """
    rows = DeliveryProblem.objects.filter(happened_at__lt=clock.now() - _BOUNCED_LATE)
    before = _before("RETENTION_PROBLEM_DAYS")
    nobodys = rows.filter(~Exists(User.objects.filter(**_SAME)))
    for model in replaying.ADDRESSES:
        if model is not DeliveryProblem:
            nobodys = nobodys.filter(~Exists(model.objects.filter(**_SAME)))
    old = _deleted(rows.filter(happened_at__lt=before)) if before else 0
    return old + _deleted(nobodys)


def _webhooks() -> int:
    """Delete what programs of teams were told of, or not: the rows hold ids alone."""
    before = _before("RETENTION_WEBHOOK_DAYS")
    return deliveries.forget(before, _BATCH) if before else 0


def _changes() -> int:
    """Rows of history: they name nobody, but they say what an account did."""
    before = _before("RETENTION_HISTORY_DAYS")
    return history.forget(before, batch=_BATCH) if before else 0


def _deleted(rows: QuerySet[Any]) -> int:
    numbers = list(rows.order_by("pk").values_list("pk", flat=True)[:_BATCH])
    return int(rows.model.objects.filter(pk__in=numbers).delete()[0])
