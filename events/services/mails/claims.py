"""Claims on rows of the outbox: which sender has which mails in hand, and until when.

Confirmations and whatever else must always go out come before reminders and news, so that ten
thousand reminders keep nobody waiting for a ticket. A mail whose sender died is claimed alone: if
it is what kills senders, it burns no other mail's attempts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from events.models import Booking, Host, Message, Registration, Workshop
from events.services.mails import due
from events.states import MailClass, MessageState
from fundraiser.core import clock, prepared

#: How long a sender has its batch for itself.
LEASE: Final = timedelta(minutes=2)
#: The number of the lock under which senders share the rate cap.
_CAP_LOCK: Final = 7_310_023
#: What ``ids`` hold besides ids, until the mail has ended (services/seating/confirmations.py).
_PERSONAL: Final = ["name", "email", "language", "time_zone"]
_ENDED: Final = frozenset({MessageState.SENT, MessageState.DROPPED, MessageState.SET_ASIDE})

_TAKE: Final = """
    WITH interrupted AS (
        SELECT id FROM events_message
        WHERE state = 'sending' AND lease_until <= %(now)s AND %(limit)s > 0
        ORDER BY attempts, due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    ), urgent AS (
        SELECT id FROM events_message
        WHERE state = 'queued' AND due_at <= %(now)s AND (retry_at IS NULL OR retry_at <= %(now)s)
            AND kind = ANY(%(urgent)s) AND NOT EXISTS (SELECT FROM interrupted)
        ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), patient AS (
        SELECT id FROM events_message
        WHERE state = 'queued' AND due_at <= %(now)s AND (retry_at IS NULL OR retry_at <= %(now)s)
            AND kind <> ALL(%(urgent)s) AND NOT EXISTS (SELECT FROM interrupted)
        ORDER BY due_at LIMIT %(limit)s - (SELECT count(*) FROM urgent) FOR UPDATE SKIP LOCKED
    )
    UPDATE events_message SET state = 'sending', attempts = attempts + 1,
        claim_token = gen_random_uuid(), lease_until = %(lease_until)s
    WHERE id IN (TABLE interrupted UNION ALL TABLE urgent UNION ALL TABLE patient)
    RETURNING events_message.*
"""
#: The mark may be lost when PostgreSQL itself dies within the next moment: the mail then goes out
#: once more with the same Message-ID. Waiting for the disk at each mail would halve the speed.
_MARK: Final = b"""
    WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE events_message SET state = 'sent', sent_at = %s, error = '', claim_token = NULL,
        lease_until = NULL, retry_at = NULL, ids = ids - %s::text[]
    FROM quick WHERE id = %s AND claim_token = %s
"""


def take(limit: int) -> list[Message]:
    """Claim up to ``limit`` due mails in one statement, their rows loaded; urgent ones first."""
    now = clock.now()
    values: dict[str, Any] = {
        "now": now,
        "limit": limit,
        "lease_until": now + LEASE,
        "urgent": due.kinds_of(MailClass.TRANSACTIONAL),
    }
    if settings.MAILS_PER_MINUTE:
        with transaction.atomic():
            values["limit"] = min(limit, _left_this_minute(now))
            taken = list(Message.objects.raw(_TAKE, values))
    else:
        taken = list(Message.objects.raw(_TAKE, values))
    taken = load(taken)
    urgent_first = (due.class_of(one.kind) != MailClass.TRANSACTIONAL for one in taken)
    order = {one.pk: key for one, key in zip(taken, urgent_first, strict=True)}
    return sorted(taken, key=lambda one: (order[one.pk], one.due_at, one.pk))


def _left_this_minute(now: datetime) -> int:
    """Return how many more mails may go within the minute; other senders wait meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CAP_LOCK])
    in_hand = Q(state=MessageState.SENDING, lease_until__gt=now)
    recent = Q(sent_at__gt=now - timedelta(minutes=1))
    return max(0, int(settings.MAILS_PER_MINUTE) - Message.objects.filter(in_hand | recent).count())


def load(messages: Sequence[Message]) -> list[Message]:
    """Give each row its booking, person and workshop: one object for each, one query a table.

    Returns those that still are there: a person whose seat was given back takes their mails along.
    """
    bookings = Booking.objects.in_bulk({one.booking_id for one in messages if one.booking_id})
    people = Registration.objects.in_bulk(
        {one.registration_id for one in messages if one.registration_id}
    )
    ids = {one.workshop_id for one in messages if one.workshop_id}
    ids |= {one.workshop_id for one in bookings.values()}
    workshops = Workshop.objects.select_related("campaign__team").in_bulk(ids)
    for booking in bookings.values():
        booking.workshop = workshops[booking.workshop_id]
    known = {None, *people}
    there = [one for one in messages if one.registration_id in known]
    for message in there:
        if message.booking_id:
            message.booking = bookings[message.booking_id]
        if message.workshop_id:
            message.workshop = workshops[message.workshop_id]
        if message.registration_id:
            message.registration = people[message.registration_id]
            if message.booking is not None:
                message.registration.booking = message.booking
    hosts = Host.objects.in_bulk([one.ids["host"] for one in there if "host" in one.ids])
    for message in there:
        if "host" in message.ids and message.ids["host"] in hosts:
            message.host_email = hosts[message.ids["host"]].email  # type: ignore[attr-defined]
    return there


def mark_sent(message: Message) -> None:
    """Write that a mail went out, unless another sender took the row over meanwhile."""
    prepared.count(_MARK, [clock.now(), _PERSONAL, message.pk, message.claim_token])


def finish(message: Message, state: MessageState, **values: object) -> None:
    """Write another end of a claim, unless another sender took the row over meanwhile.

    With the end of a mail to somebody who is in no other row any more, name and address go too.
    """
    rows = Message.objects.filter(pk=message.pk, claim_token=message.claim_token)
    if state in _ENDED:
        values["ids"] = {key: one for key, one in message.ids.items() if key not in _PERSONAL}
    rows.update(state=state, claim_token=None, lease_until=None, **values)


def put_back(messages: Iterable[Message]) -> None:
    """Let go of mails that were not begun: as if they had never been claimed."""
    tokens = [one.claim_token for one in messages]
    if tokens:
        Message.objects.filter(claim_token__in=tokens).update(
            state=MessageState.QUEUED,
            attempts=F("attempts") - 1,
            claim_token=None,
            lease_until=None,
        )
