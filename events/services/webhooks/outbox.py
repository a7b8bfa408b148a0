"""What a team's programs are told is queued in the transaction of the fact: both, or neither.

One statement finds the endpoints that want it, so that a team without any pays one look-up.
"""

from __future__ import annotations

import json
from typing import Final

from events.models import Booking, Registration, WebhookDelivery, WebhookEndpoint
from events.services.webhooks.kinds import TEST
from fundraiser.core import clock, jobs, prepared

TASK: Final = "events.send_webhooks"

_COLUMNS: Final = """
    INSERT INTO events_webhookdelivery (endpoint_id, kind, key, ids, message_id, state,
        happened_at, due_at, attempts, error)
"""
_WANTED: Final = """
    JOIN events_webhookendpoint endpoint ON endpoint.team_id = campaign.team_id
        AND endpoint.stopped_at IS NULL AND endpoint.removed_at IS NULL
        AND endpoint.kinds @> to_jsonb(%(kind)s::text)
        AND NOT campaign.test_mode -- of which nothing is shown beside what is real
"""
_OF_CAMPAIGN: Final = f"""{_COLUMNS}
    SELECT endpoint.id, %(kind)s, %(key)s, %(ids)s::jsonb, gen_random_uuid(), 'queued',
        %(now)s, %(now)s, 0, ''
    FROM events_campaign campaign {_WANTED}
    WHERE campaign.id = %(campaign)s
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- made of constants
#: Where seats are carried by others' gifts nothing tells when somebody came (docs/adr/0043).
_OF_PERSONS: Final = f"""{_COLUMNS}
    SELECT endpoint.id, %(kind)s, %(kind)s || ':' || registration.id || ':' || %(turn)s,
        jsonb_build_object('registration', registration.id, 'public_id', registration.public_id),
        gen_random_uuid(), 'queued', %(now)s, %(now)s, 0, ''
    FROM events_registration registration
    JOIN events_booking booking ON booking.id = registration.booking_id
    JOIN events_workshop workshop ON workshop.id = booking.workshop_id
        AND workshop.surplus_minimum_minor IS NULL
    JOIN events_campaign campaign ON campaign.id = workshop.campaign_id {_WANTED}
    WHERE booking.id = %(booking)s AND (%(person)s::bigint IS NULL
        OR registration.id = %(person)s)
    ON CONFLICT DO NOTHING
"""  # noqa: S608 -- made of constants


def tell(kind: str, *, campaign_id: int, key: str, **ids: int) -> None:
    """Queue an event for the programs of a campaign's team, once for ever by its ``key``.

    ``ids`` name the rows that the payload is made of. Within the transaction of the fact.
    """
    written = json.dumps(ids)
    _insert(_OF_CAMPAIGN, kind=kind, campaign=campaign_id, key=f"{kind}:{key}", ids=written)


def tell_of_booking(kind: str, booking: Booking, person: Registration | None = None) -> None:
    """Queue an event for each person of a booking, or for one; within the fact's transaction."""
    _insert(
        _OF_PERSONS,
        kind=kind,
        booking=booking.pk,
        person=person.pk if person else None,
        turn=f"{clock.now():%Y%m%d%H%M%S%f}",  # seats may be confirmed, and end, again
    )


def _insert(statement: str, **values: str | int | None) -> None:
    if prepared.count(statement.encode(), {**values, "now": clock.now()}):
        jobs.enqueue(TASK)


def tell_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Queue a test event for one endpoint, and return its delivery."""
    now = clock.now()
    row = WebhookDelivery.objects.create(
        endpoint=endpoint,
        kind=TEST,
        key=f"{TEST}:{now:%Y%m%d%H%M%S%f}",
        happened_at=now,
        due_at=now,
    )
    jobs.enqueue(TASK)
    return row
