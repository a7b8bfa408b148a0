"""How many payments one client and one address may have begun and not paid.

Counted in PostgreSQL, so that they hold without Redis and over all processes. Paid ones do not
count: an office behind one address can register (PROMISES.md 39).
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from donations.models import Claim, ClientTry, Donation
from donations.states import ClaimState, DonationState
from events.models import Booking
from events.states import BookingState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

HOUR: Final = timedelta(hours=1)
#: How long a client's hash is kept at a donation; the limits need an hour of it.
KEPT: Final = timedelta(days=1)


class TooManyError(ServiceError):
    """Too many payments were begun and not paid. ``until`` is when the next one may be (aware)."""

    code = "too_many"
    retryable = True

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until

    @property
    def seconds(self) -> int:
        """How long to wait from now on, at least one second."""
        return max(int((self.until - clock.now()).total_seconds()) + 1, 1)


class AddressBusyError(TooManyError):
    """Only the address has too many open payments: its owner goes on by a mailed link."""


class PlacesTakenError(TooManyError):
    """One client asked for too many places that cost nothing."""


def take(*, client_hash: str, email: str = "") -> None:
    """Check once more in the transaction that writes the attempt: one after the other.

    Two attempts of one client, or of one address, wait for each other here, so that both cannot
    be the last that is allowed. First in the transaction, before any row is locked.
    Without ``email`` the address is proven, by the link that was mailed to it: then what others
    begin under it takes nothing away. Raises TooManyError.
    """
    _one_at_a_time(f"c:{client_hash}", f"e:{email.lower()}")
    check(client_hash=client_hash, email=email)


def take_receipt(*, client_hash: str) -> None:
    """Check, as ``take`` does, that one client may show one more receipt.

    Each of them holds a seat for days, keeps a file and writes to the organizers, and costs its
    sender nothing: so what nobody accepted counts. Raises TooManyError.
    """
    most = settings.LIMITS.receipts_per_client
    if not most or not client_hash:
        return
    _one_at_a_time(f"c:{client_hash}")
    rows = Claim.objects.filter(client_hash=client_hash, created_at__gt=clock.now() - KEPT)
    others = rows.exclude(state=ClaimState.ACCEPTED).order_by("-created_at")
    times = list(others.values_list("created_at", flat=True)[:most])
    if len(times) == most:
        raise TooManyError(times[-1] + KEPT)


def take_place(*, what: str, most: int, client_hash: str, nonce: uuid.UUID) -> None:
    """Count a try for a place that costs nothing; the same form again is the same one.

    First in the transaction that takes the place. One whose seat is confirmed, by the link that
    was mailed for it, does not count any more. Raises PlacesTakenError.
    """
    if not most or not client_hash:
        return
    _one_at_a_time(f"p:{what}:{client_hash}")
    since = clock.now() - HOUR
    tries = ClientTry.objects.filter(what=what, client_hash=client_hash, at__gt=since)
    confirmed = Booking.objects.filter(nonce=OuterRef("nonce"), state=BookingState.CONFIRMED)
    counted = tries.exclude(nonce=nonce).exclude(Exists(confirmed)).order_by("-at")
    times = list(counted.values_list("at", flat=True)[:most])
    if len(times) == most:
        raise PlacesTakenError(times[-1] + HOUR)
    fresh = ClientTry(what=what, client_hash=client_hash, nonce=nonce, at=clock.now())
    ClientTry.objects.bulk_create([fresh], ignore_conflicts=True)


def _one_at_a_time(*names: str) -> None:
    """Let whoever asks for one of these names wait until this transaction ends."""
    numbers = sorted(map(_lock_number, names))  # in one order: no two wait for each other
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(one) FROM unnest(%s) AS one", [numbers])


def check(*, client_hash: str, email: str = "", visit: uuid.UUID | None = None) -> None:
    """Raise TooManyError, or AddressBusyError, where one more payment may not begin now.

    ``client_hash`` may be empty: unknown. ``visit`` is the form's number, whose own open payment
    is about to be replaced and does not count.
    """
    of_client, of_address = _of_client(client_hash), _of_address(email, visit)
    if of_client:
        raise TooManyError(max(of_client + of_address))
    if of_address:
        raise AddressBusyError(max(of_address))


def _of_client(client_hash: str) -> list[datetime]:
    most = settings.LIMITS.unpaid_sessions_per_hour
    if not most or not client_hash:
        return []
    rows = Donation.objects.filter(client_hash=client_hash, created_at__gt=clock.now() - HOUR)
    # A bank debit that is on its way was promised: it counts as paid.
    unpaid = rows.exclude(state=DonationState.PAID).exclude(state=DonationState.PROCESSING)
    times = list(unpaid.order_by("-created_at").values_list("created_at", flat=True)[:most])
    return [times[-1] + HOUR] if len(times) == most else []


def _of_address(email: str, visit: uuid.UUID | None) -> list[datetime]:
    most = settings.LIMITS.open_sessions_per_address
    if not most or not email:
        return []
    rows = Donation.objects.filter(
        email__iexact=email,
        state__in=[DonationState.CREATED, DonationState.OPEN],
        session_expires_at__gt=clock.now(),
    )
    others = rows.exclude(visit=visit) if visit else rows
    ends = others.order_by("-session_expires_at").values_list("session_expires_at", flat=True)
    found = list(ends[:most])
    return [found[-1]] if len(found) == most else []


def _lock_number(name: str) -> int:
    digest = hashlib.blake2b(name.encode(), digest_size=8, person=b"abuse").digest()
    return int.from_bytes(digest, signed=True)


def forget_clients() -> int:
    """Take the clients' hashes off what is older than a day; return from how many rows."""
    old = {"created_at__lte": clock.now() - KEPT}
    forgotten = ClientTry.objects.filter(at__lte=clock.now() - KEPT).delete()[0]
    return forgotten + sum(
        rows.exclude(client_hash="").update(client_hash="")
        for rows in (Donation.objects.filter(**old), Claim.objects.filter(**old))
    )
