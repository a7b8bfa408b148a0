"""Campaigns and workshops to measure on, and gifts by the thousand that keep every invariant."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from donations.services import totals
from events.models import Campaign, Team, Workshop
from events.states import CampaignState, Destination, WorkshopState
from fundraiser.core import clock

_STORY = """Every workshop is free to join and worth a gift. **All** that comes in goes to
clean water: wells, filters, and people who keep them running.

- We show every gift and every fee.
- We send the money within a week.
"""

#: Paid gifts of 1,000 to 10,000 minor units, all within a day, with a fee of 30 + 2.9 % each.
_DONATIONS = """
    INSERT INTO donations_donation (public_id, campaign_id, workshop_id, booking_id, purpose, state,
      amount_minor, fee_cover_minor, net_minor, currency, name, email, language, message, hide_name,
      hide_amount, visit, nonce, client_hash, stripe_account, livemode, session_parameters,
      session_id, session_url, session_expires_at, payment_intent_id, charge_id, decline_code,
      quarantine, refund_answer, rebuilt_without, version, link_version, utm, wants_news,
      created_at, paid_at)
    SELECT gen_random_uuid(), %(campaign)s, {workshop}, {booking}, {purpose}, 'paid',
      amount, 0, amount, 'USD', 'Donor ' || n, 'donor' || n || '@example.org', 'en',
      CASE WHEN n %% 4 = 0 THEN 'Good luck with the wells!' ELSE '' END, n %% 10 = 0, n %% 13 = 0,
      gen_random_uuid(), gen_random_uuid(), '', '', false, '{{}}',
      'cs_' || tag, '', at, 'pi_' || tag, 'ch_' || tag, '', '', '', '', 1, 1, '{{}}', false, at, at
    FROM (SELECT n, {row_id} AS row_id, 1000 + n::bigint * 7919 %% 9001 AS amount,
            %(campaign)s || '_' || n AS tag, %(now)s - n * (interval '1 day' / %(count)s) AS at
          FROM {source}) AS made
"""
_ENTRIES = """
    INSERT INTO donations_ledgerentry (campaign_id, donation_id, kind, debit, credit, amount_minor,
      currency, source_type, source_id, stripe_account, occurred_at, created_at, booked_on)
    SELECT d.campaign_id, d.id, part.kind, part.debit, part.credit, part.minor, d.currency,
      'charge', d.charge_id, '', d.paid_at, d.paid_at, (d.paid_at AT TIME ZONE 'UTC')::date
    FROM donations_donation d CROSS JOIN LATERAL (VALUES
      ('gift', 'held_for_charity', 'gifts', d.amount_minor),
      ('fee', 'fees', 'held_for_charity', 30 + d.amount_minor * 29 / 1000)
    ) AS part (kind, debit, credit, minor) WHERE d.campaign_id = %(campaign)s
"""
_TOTAL = """
    UPDATE donations_campaigntotal t SET gifts_minor = s.gifts, fees_minor = s.fees,
      donors = s.donors, version = version + 1
    FROM (SELECT SUM(amount_minor) FILTER (WHERE kind = 'gift') AS gifts,
            SUM(amount_minor) FILTER (WHERE kind = 'fee') AS fees,
            COUNT(*) FILTER (WHERE kind = 'gift') AS donors
          FROM donations_ledgerentry WHERE campaign_id = %(campaign)s) AS s
    WHERE t.campaign_id = %(campaign)s
"""
_BOOKINGS = """
    WITH booked AS (
      INSERT INTO events_booking (public_id, workshop_id, state, seats, name, email, language,
        time_zone, wants_news, nonce, link_version, awaits_approval, decline_reason, utm,
        created_at, confirmed_at)
      SELECT gen_random_uuid(), %(workshop)s, 'confirmed', 1, 'Donor ' || n,
        'donor' || n || '@example.org', 'en', 'Europe/Paris', false, gen_random_uuid(), 1, false,
        '', '{}', %(now)s, %(now)s
      FROM generate_series(1, %(count)s) AS n RETURNING id, name, email)
    INSERT INTO events_registration (public_id, booking_id, position, name, email, language,
      time_zone, answers, link_version, wants_reminders, wants_news, attendance_source, created_at)
    SELECT gen_random_uuid(), id, 1, name, email, 'en', 'Europe/Paris', '{}', 1, true, true, '',
      %(now)s FROM booked
"""


def campaign() -> Campaign:
    """Return a new published campaign with its total."""
    tag = uuid.uuid4().hex[:8]
    team = Team.objects.create(name="Bench", slug=f"bench-{tag}", reply_to="bench@example.org")
    made = Campaign.objects.create(
        team=team,
        slug=f"water-{tag}",
        title="Clean water",
        story=_STORY,
        organizer_name="Olivier",
        charity_name="charity: water",
        charity_site="https://www.charitywater.org",
        currency="USD",
        goal_minor=100_000_00,
        suggested_minor=[1000, 2000, 5000],
        destination=Destination.TEAM,
        state=CampaignState.PUBLISHED,
    )
    totals.ensure(made)
    return made


def workshop(of: Campaign, *, capacity: int | None) -> Workshop:
    """Return a new published workshop in two weeks."""
    return Workshop.objects.create(
        campaign=of,
        slug=f"shop-{uuid.uuid4().hex[:8]}",
        title="How to open a web shop",
        summary="From the first product to the first order, in one evening.",
        description=_STORY,
        speakers=["Olivier"],
        starts_at=clock.now() + timedelta(days=14),
        time_zone="Europe/Paris",
        duration_minutes=120,
        capacity=capacity,
        suggested_minor=[1000, 2000, 5000],
        state=WorkshopState.PUBLISHED,
    )


def path(place: Campaign | Workshop) -> str:
    """Return the path of the public page."""
    if isinstance(place, Workshop):
        return f"/c/{place.campaign.slug}/{place.slug}/"
    return f"/c/{place.slug}/"


def give(to: Campaign, count: int) -> None:
    """Add ``count`` paid gifts without a workshop, as rows: donations, ledger and total."""
    source = {
        "workshop": "NULL",
        "booking": "NULL",
        "purpose": "'gift'",
        "row_id": "n",
        "source": "generate_series(1, %(count)s) AS n",
    }
    _fill(to, source, {"count": count})


def seat(at: Workshop, count: int) -> None:
    """Add ``count`` confirmed bookings of one seat, each with its paid gift."""
    source = {
        "workshop": "%(workshop)s",
        "booking": "row_id",
        "purpose": "'seat'",
        "row_id": "id",
        "source": "(SELECT id, row_number() OVER () AS n FROM events_booking"
        " WHERE workshop_id = %(workshop)s) AS booked",
    }
    values: dict[str, Any] = {"workshop": at.pk, "count": count, "now": clock.now()}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_BOOKINGS, values)
        Workshop.objects.filter(pk=at.pk).update(seats_taken=count)
        _fill(at.campaign, source, values)


def _fill(to: Campaign, source: dict[str, str], values: dict[str, Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        given = {**values, "campaign": to.pk, "now": clock.now()}
        # Rows say themselves on which day they are booked: no trigger has to for each of them.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL statement_timeout = 0")  # a million take as long as they take
        for query in (_DONATIONS.format(**source), _ENTRIES, _TOTAL):
            cursor.execute(query, given)


def tidy() -> None:
    """Clean up and measure the tables, as autovacuum does a minute later."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
