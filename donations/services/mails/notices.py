"""Notices to the people who organise: put into the outbox from what the rows say.

The paid way stays free of it: a gift's notices are found afterwards, by one statement a minute.
Keys are for ever (``new_gift:{donation}:{membership}``), so running it often doubles nothing.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from donations.services import attention
from donations.services.mails import remittance_notices
from events.models import Campaign, Membership, Message
from events.services.access import EDITORS
from fundraiser.core import clock, jobs

#: A bank debit arrives days after its giver's click; what is older is nobody's news.
_OLDEST: Final = timedelta(days=14)
#: What was settled before this is told by the digest alone, should nothing have run meanwhile.
_RECENT: Final = timedelta(hours=6)

#: These have mails of their own (remittance_notices.py).
_TOLD_OTHERWISE: Final = frozenset({"send_by", "update_due"})

_GIFTS: Final = """
    INSERT INTO events_message (key, kind, booking_id, registration_id, workshop_id, ids,
        schedule_version, state, due_at, attempts, message_id, error, created_at)
    SELECT 'new_gift:' || donation.id || ':' || membership.id, 'new_gift', NULL, NULL, NULL,
        jsonb_build_object('donation', donation.id, 'membership', membership.id), NULL,
        %(state)s, %(now)s, 0, gen_random_uuid(), '', %(now)s
    FROM events_membership membership
    JOIN auth_user ON auth_user.id = membership.user_id AND auth_user.is_active
    JOIN events_campaign campaign ON campaign.team_id = membership.team_id
    JOIN donations_donation donation ON donation.campaign_id = campaign.id
        AND donation.state = 'paid' AND donation.net_minor > 0
        AND donation.paid_at > %(oldest)s AND donation.checked_at > %(recent)s
        AND donation.paid_at >= date_trunc('second', membership.created_at) -- Stripe's precision
    WHERE (membership.id = %(membership)s
            OR %(membership)s::bigint IS NULL AND membership.wants_gift_mails)
        AND NOT EXISTS (SELECT FROM events_message message
            WHERE message.key = 'new_gift:' || donation.id || ':' || membership.id)
    ON CONFLICT DO NOTHING
"""


def plan() -> int:
    """Put the notices that are due into the outbox; return how many. Safe to run at any time."""
    with transaction.atomic():
        count = _gifts(state="queued", age=_RECENT) + _attention() + remittance_notices.plan()
        if count:
            jobs.enqueue("events.send_due_messages")
    return count


def gifts_known(membership: Membership) -> None:
    """Count the gifts until now as told to a member who is about to turn their mails on.

    Those that nothing happened to for long as well: a refund would make them look new.
    """
    _gifts(state="dropped", age=_OLDEST, membership=membership.pk)


def _gifts(*, state: str, age: timedelta, membership: int | None = None) -> int:
    """Queue gifts that were looked at within ``age`` for who wants them, or for one member."""
    now = clock.now()
    values: dict[str, datetime | int | str | None] = {
        "now": now,
        "state": state,
        "oldest": now - _OLDEST,
        "recent": now - age,
        "membership": membership,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GIFTS, values)
        return int(cursor.rowcount)


def _attention() -> int:
    """Queue a mail for each item and member who wants it, once; viewers could do nothing."""
    members: dict[int, list[int]] = defaultdict(list)
    wanting = Membership.objects.filter(
        wants_attention_mails=True, role__in=EDITORS, user__is_active=True
    )
    for pk, team in wanting.values_list("pk", "team_id"):
        members[team].append(pk)
    now = clock.now()
    mails = [
        Message(
            key=f"attention:{item.kind}:{item.reference}:{member}",
            kind="attention",
            ids={"membership": member, "item": item.kind, "reference": item.reference},
            due_at=now,
            created_at=now,
        )
        for team, some in members.items()
        # Team by team: each list is cut, and one team's must not push another's out of it.
        for item in attention.of_campaigns(Campaign.objects.filter(team=team), is_admin=False)
        if item.campaign is not None and item.kind not in _TOLD_OTHERWISE
        for member in some
    ]
    known = set(
        Message.objects.filter(key__in=[one.key for one in mails]).values_list("key", flat=True)
    )
    new = [one for one in mails if one.key not in known]
    Message.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
