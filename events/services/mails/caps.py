"""How many mails an address gets in a day before it has paid, or taken a seat (PROMISES.md 41).

Whoever types an address into a form makes us write to it, and need not be its owner. Counted in
PostgreSQL, by a keyed hash, for a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from events.models import CountedMail
from fundraiser.core import clock, hashes

DAY: Final = timedelta(days=1)
_PURPOSE: Final = "counted mail"


def allows(kind: str, email: str, *, key: str, is_test: bool = False) -> bool:
    """Return whether a mail of ``kind`` may go to ``email`` now; count it if it counts.

    ``key`` names the mail: one that is tried again counts once. ``is_test``: it is a test
    campaign's, where paying proves nothing, so that every kind counts.
    """
    known = settings.MAIL_KINDS.get(kind)
    if not is_test and (known is None or not known.before_payment):
        return True
    return counts(email, key=key)


def counts(email: str, *, key: str) -> bool:
    """Count a mail to an address; return whether it may go: by its number, or by proof.

    The same queries are made for every address, known or not (PROMISES.md 40).
    """
    most = settings.LIMITS.mails_before_payment
    if not most:
        return True
    is_proven = import_string(settings.ADDRESS_PROVEN)(email)
    return _take(hashes.of_email(_PURPOSE, email), key, most) or is_proven


def later(kind: str, email: str, *, key: str, since: datetime) -> datetime | None:
    """Return when a mail that is over its address's number may go, or None: never.

    It waits for at most a day after ``since`` (aware), when it was made, and one of each kind for
    an address: who floods an address does not fill its coming days, too.
    """
    now = clock.now()
    if now - since >= DAY or not _take(
        hashes.of_email(f"put off {kind}", email), f"later:{key}", 1
    ):
        return None
    rows = CountedMail.objects.filter(address_hash=hashes.of_email(_PURPOSE, email))
    first = rows.filter(at__gt=now - DAY).order_by("-at").values_list("at", flat=True)
    times = list(first[: settings.LIMITS.mails_before_payment])
    return min(times[-1] if times else now, since) + DAY


def _take(address_hash: str, key: str, most: int) -> bool:
    """Count a mail unless its address has had its number; senders wait for each other here."""
    now = clock.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            number = int(address_hash[:15], 16)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
        rows = CountedMail.objects.filter(address_hash=address_hash, at__gt=now - DAY)
        counted = set(rows.values_list("key", flat=True))
        if key in counted:
            return True
        if len(counted) >= most:
            return False
        fresh = CountedMail(key=key, address_hash=address_hash, at=now)
        CountedMail.objects.bulk_create([fresh], ignore_conflicts=True)
    return True


def forget() -> int:
    """Delete what was counted more than a day ago; return how many rows."""
    return CountedMail.objects.filter(at__lte=clock.now() - DAY).delete()[0]
