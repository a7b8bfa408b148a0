"""The planner: puts into the outbox what falls due by itself, a little ahead of its time.

1. Lock the moment until which everything is planned. Another planner at work: nothing to do.
2. Insert what falls due between that moment (a little before it, for bookings that were being
   committed then) and HORIZON from now. Keys are for ever, so repeating it inserts nothing.
3. Move the moment forward.
4. Commit, and wake a sender.

Dying before 4 leaves nothing, and the next run does it all. After an outage the moment is old: all
that fell due meanwhile is inserted with its true due time, and due.py says what becomes of it. What
fell due before the moment and is not in the outbox was not due under the schedule of that time: it
belongs to a later booking, offset or schedule, and is never planned (docs/adr/0022).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from events.models import SharedMoment, Team
from fundraiser.core import clock, jobs, zones
from fundraiser.core.failpoints import reached
from fundraiser.core.retrying import tried_again

#: How far ahead mails are put into the outbox: the planner runs each minute.
HORIZON: Final = timedelta(minutes=2)
#: A booking confirmed this long before its row was committed still gets its reminders.
OVERLAP: Final = timedelta(minutes=5)
#: How far a first run looks back.
FIRST_LOOK: Final = timedelta(hours=1)
#: A replay that is added later than this after the end is announced by the organizer.
REPLAY_AGE: Final = timedelta(days=60)
#: When a team's digest is due, in the team's own zone.
DIGEST_AT: Final = time(8)

_PLANNED_UNTIL: Final = "planned until"

_INSERT: Final = """
    INSERT INTO events_message (key, kind, booking_id, registration_id, workshop_id, ids,
        schedule_version, state, due_at, attempts, message_id, error, created_at)
"""
#: Garbage among the offsets is passed over: it must not stop the others' reminders.
_OFFSETS: Final = """
    (SELECT DISTINCT minutes::int,
        workshop.starts_at - make_interval(mins => minutes::int) AS due_at
     FROM jsonb_path_query(workshop.reminder_minutes, '$[*] ? (@ >= 0 && @ <= 525600)')
        AS minutes) AS reminder
"""
#: A person without an address is told by the payer, whose own mail has their links, too.
_PEOPLE: Final = """
    JOIN events_booking booking ON booking.workshop_id = workshop.id
        AND booking.state = 'confirmed'
    JOIN events_registration registration ON registration.booking_id = booking.id
        AND (registration.email <> '' OR registration.position = 1 AND booking.email <> '')
"""
_REMINDERS: Final = f"""{_INSERT}
    SELECT 'reminder:' || registration.id || ':' || reminder.minutes || ':'
            || workshop.schedule_version,
        'reminder', booking.id, registration.id, workshop.id,
        jsonb_build_object('minutes', reminder.minutes), workshop.schedule_version,
        'queued', reminder.due_at, 0, gen_random_uuid(), '', %(now)s
    FROM events_workshop workshop CROSS JOIN LATERAL {_OFFSETS} {_PEOPLE}
    WHERE workshop.state = 'published' AND registration.wants_reminders
        AND reminder.due_at > %(since)s AND reminder.due_at <= %(until)s
        AND reminder.due_at >= greatest(booking.confirmed_at, registration.created_at)
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- made of constants
_HOST_REMINDERS: Final = f"""{_INSERT}
    SELECT 'host_reminder:' || host.id || ':' || reminder.minutes || ':'
            || workshop.schedule_version,
        'host_reminder', NULL, NULL, workshop.id,
        jsonb_build_object('host', host.id, 'minutes', reminder.minutes),
        workshop.schedule_version, 'queued', reminder.due_at, 0, gen_random_uuid(), '', %(now)s
    FROM events_workshop workshop CROSS JOIN LATERAL {_OFFSETS}
    JOIN events_host host ON host.workshop_id = workshop.id
    WHERE workshop.state = 'published' AND host.wants_reminders
        AND reminder.due_at > %(since)s AND reminder.due_at <= %(until)s
        AND reminder.due_at >= host.created_at
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- made of constants
_ENDS_AT: Final = "workshop.starts_at + make_interval(mins => workshop.duration_minutes)"
_THANKS: Final = f"""{_INSERT}
    SELECT 'thank_you:' || registration.id,
        'thank_you', booking.id, registration.id, workshop.id, '{{}}', NULL,
        'queued', {_ENDS_AT}, 0, gen_random_uuid(), '', %(now)s
    FROM events_workshop workshop {_PEOPLE}
    WHERE workshop.state = 'published' AND registration.wants_news
        AND {_ENDS_AT} > %(since)s AND {_ENDS_AT} <= %(until)s
        AND {_ENDS_AT} >= booking.confirmed_at
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- made of constants
#: Nobody knows when a replay's address was set: after the last run, so that is when it is due.
_REPLAYS: Final = f"""{_INSERT}
    SELECT 'replay:' || registration.id,
        'replay', booking.id, registration.id, workshop.id, '{{}}', NULL,
        'queued', greatest(%(last_run)s, {_ENDS_AT}), 0, gen_random_uuid(), '', %(now)s
    FROM events_workshop workshop {_PEOPLE}
    WHERE workshop.state = 'published' AND registration.wants_news
        AND workshop.replay_url <> ''
        AND {_ENDS_AT} <= %(now)s AND {_ENDS_AT} > %(oldest_end)s
        AND NOT EXISTS (
            SELECT FROM events_message message WHERE message.key = 'replay:' || registration.id)
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- made of constants
_DIGESTS: Final = f"""{_INSERT}
    SELECT 'digest:' || membership.id || ':' || %(day)s,
        'digest', NULL, NULL, NULL,
        jsonb_build_object('membership', membership.id, 'day', %(day)s), NULL,
        'queued', %(due)s, 0, gen_random_uuid(), '', %(now)s
    FROM events_membership membership
    JOIN events_team team ON team.id = membership.team_id AND team.time_zone = %(zone)s
    JOIN auth_user ON auth_user.id = membership.user_id AND auth_user.is_active
    WHERE membership.wants_digest AND membership.created_at <= %(due)s
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- made of constants


@tried_again
def plan() -> int:
    """Put into the outbox what falls due; return how many mails. Safe at any time."""
    now = clock.now()
    first = {"at": now - FIRST_LOOK}
    SharedMoment.objects.get_or_create(name=_PLANNED_UNTIL, defaults=first)
    with transaction.atomic():
        locked = SharedMoment.objects.select_for_update(no_key=True, skip_locked=True)
        moment = locked.filter(name=_PLANNED_UNTIL).first()
        if moment is None:
            return 0
        count = _insert(now=now, planned_until=moment.at)
        reached("planner:inserted")
        moment.at = max(moment.at, now + HORIZON)
        moment.save(update_fields=["at"])
        if count:
            jobs.enqueue("events.send_due_messages")
    reached("planner:committed")
    return count


def _insert(*, now: datetime, planned_until: datetime) -> int:
    since, until = min(planned_until, now) - OVERLAP, now + HORIZON
    values = {
        "now": now,
        "since": since,
        "until": until,
        "last_run": min(planned_until, now),
        "oldest_end": now - REPLAY_AGE,
    }
    count = 0
    with connection.cursor() as cursor:
        for statement in (_REMINDERS, _HOST_REMINDERS, _THANKS, _REPLAYS):
            cursor.execute(statement, values)
            count += cursor.rowcount
        for digest in _digests(since, until):
            cursor.execute(_DIGESTS, {"now": now, **digest})
            count += cursor.rowcount
    return count


def _digests(since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """Yield zone, day and due time of each digest that is due after ``since``, up to ``until``."""
    used = Team.objects.filter(membership__wants_digest=True).values_list("time_zone", flat=True)
    for name in used.distinct():
        zone = ZoneInfo(name) if zones.is_zone(name) else UTC
        day = since.astimezone(zone).date()
        while (due := datetime.combine(day, DIGEST_AT, zone)) <= until:
            if due > since:
                yield {"zone": name, "day": day.isoformat(), "due": due}
            day += timedelta(days=1)
