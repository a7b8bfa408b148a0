"""What payouts moved from Stripe to the bank, as rows of the books (docs/adr/0069).

A payout that the bank has moved what its movements say, of each campaign that they belong to; any
other moved nothing. What is booked already is taken off, and the rest is appended: so a payout that
came back, a gift that was posted late, or running twice, all end in the right sum.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from donations.models import Payout
from donations.states import PayoutStatus
from fundraiser.core import clock

#: {payout, campaign, what its movements of the campaign moved}.
DUE: Final = """
    SELECT m.payout_id, entry.campaign_id, SUM(m.minor - m.fee_minor) AS minor
    FROM donations_payoutmovement m
    JOIN donations_payout p ON p.id = m.payout_id AND p.status = 'paid'
    JOIN LATERAL (SELECT campaign_id FROM donations_ledgerentry e
      WHERE e.source_type = m.source_type AND e.source_id = m.source_id
      ORDER BY e.id LIMIT 1) entry ON true
    WHERE {which} GROUP BY m.payout_id, entry.campaign_id
"""
_BOOKED: Final = """
    SELECT payout_id, campaign_id, SUM(minor) AS minor FROM donations_bankentry m
    WHERE {which} GROUP BY payout_id, campaign_id
"""
#: What differs, by payout and campaign.
DIFFERENCES: Final = f"""
    SELECT payout_id, campaign_id, COALESCE(due.minor, 0) - COALESCE(booked.minor, 0) AS minor,
      booked.minor IS NULL AS is_first
    FROM ({DUE}) due FULL JOIN ({_BOOKED}) booked USING (payout_id, campaign_id)
    WHERE COALESCE(due.minor, 0) <> COALESCE(booked.minor, 0)
"""  # noqa: S608 -- nothing but ours
_BOOK: Final = f"""
    INSERT INTO donations_bankentry
      (payout_id, campaign_id, cash, minor, currency, happened_on, booked_on, created_at)
    SELECT p.id, c.id,
      CASE c.destination WHEN 'charity' THEN 'sent_to_charity' ELSE 'held_for_charity' END,
      differing.minor, p.currency,
      CASE WHEN differing.is_first THEN p.arrival_on
        ELSE (%(now)s AT TIME ZONE t.time_zone)::date END, NULL, %(now)s
    FROM ({DIFFERENCES.format(which="m.payout_id = %(payout)s")}) differing
    JOIN donations_payout p ON p.id = differing.payout_id
    JOIN events_campaign c ON c.id = differing.campaign_id
    JOIN events_team t ON t.id = c.team_id
    ORDER BY c.id
"""  # noqa: S608 -- nothing but ours
#: How long a gift that is in a payout may be posted after it.
_LATE: Final = timedelta(days=14)


def book(payout: Payout) -> int:
    """Book what is not booked yet of a payout; its row is locked by the caller. Return rows."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOK, {"payout": payout.pk, "now": clock.now()})
        return int(cursor.rowcount)


def book_late(account: str, now: datetime) -> int:
    """Book what was posted after the payout that it is in; return rows."""
    recent = Q(account=account, created__gt=now - _LATE, status=PayoutStatus.PAID)
    booked = 0
    for pk in Payout.objects.filter(recent).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            booked += book(Payout.objects.select_for_update(no_key=True).get(pk=pk))
    return booked
