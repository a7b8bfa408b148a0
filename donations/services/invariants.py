"""What must always hold, as plain SQL: each query returns the rows that break it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from donations.services.declaring import declared_invariants
from donations.services.paying_out import booking

_SUM: Final = """
    SELECT e.campaign_id,
      COALESCE(SUM(CASE WHEN credit = 'gifts' THEN amount_minor
                        WHEN debit = 'gifts' THEN -amount_minor END), 0) AS gifts,
      COALESCE(SUM(CASE WHEN debit = 'fees' THEN amount_minor
                        WHEN credit = 'fees' THEN -amount_minor END), 0) AS fees,
      COALESCE(SUM(CASE WHEN debit = 'refunds' THEN amount_minor
                        WHEN credit = 'refunds' THEN -amount_minor END), 0) AS refunds,
      COALESCE(SUM(CASE WHEN debit = 'disputes' THEN amount_minor
                        WHEN credit = 'disputes' THEN -amount_minor END), 0) AS disputes,
      COALESCE(SUM(CASE WHEN debit = 'sent_to_charity' THEN amount_minor
                        WHEN credit = 'sent_to_charity' THEN -amount_minor END), 0) AS sent,
      COALESCE(SUM(CASE WHEN credit = 'declared_gifts' THEN amount_minor
                        WHEN debit = 'declared_gifts' THEN -amount_minor END), 0) AS declared
    FROM donations_ledgerentry e GROUP BY e.campaign_id
"""

#: Name of the promise -> a query whose every row breaks it.
QUERIES: Final[dict[str, str]] = {
    "the rollup equals the ledger": """
        WITH s AS (__SUMS__)
        SELECT COALESCE(t.campaign_id, s.campaign_id), t.gifts_minor, s.gifts, t.fees_minor, s.fees,
               t.refunds_minor, s.refunds, t.disputes_minor, s.disputes, t.sent_minor, s.sent,
               t.declared_minor, s.declared
        FROM donations_campaigntotal t FULL JOIN s ON s.campaign_id = t.campaign_id
        WHERE (COALESCE(t.gifts_minor, 0), COALESCE(t.fees_minor, 0), COALESCE(t.refunds_minor, 0),
               COALESCE(t.disputes_minor, 0), COALESCE(t.sent_minor, 0),
               COALESCE(t.declared_minor, 0))
          IS DISTINCT FROM
              (COALESCE(s.gifts, 0), COALESCE(s.fees, 0), COALESCE(s.refunds, 0),
               COALESCE(s.disputes, 0), COALESCE(s.sent, 0), COALESCE(s.declared, 0))
    """.replace("__SUMS__", _SUM),
    "the number of donors equals the gifts of which something is left": """
        SELECT t.campaign_id, t.donors, n.found FROM donations_campaigntotal t
        CROSS JOIN LATERAL (SELECT
            (SELECT COUNT(*) FROM donations_donation d
              WHERE d.campaign_id = t.campaign_id AND d.net_minor > 0)
          + (SELECT COUNT(*) FROM donations_claim c
              WHERE c.campaign_id = t.campaign_id AND c.state = 'accepted')
          + (SELECT COUNT(*) FROM donations_offlinegift o
              WHERE o.campaign_id = t.campaign_id AND o.state = 'received') AS found) n
        WHERE t.donors <> n.found
    """,
    "a donation's net equals its ledger rows": """
        SELECT d.id, d.net_minor, s.net FROM donations_donation d
        LEFT JOIN (
          SELECT donation_id, SUM(
            CASE WHEN credit IN ('gifts', 'refunds', 'disputes') THEN amount_minor
                 WHEN debit IN ('gifts', 'refunds', 'disputes') THEN -amount_minor
                 ELSE 0 END) AS net
          FROM donations_ledgerentry GROUP BY donation_id) s ON s.donation_id = d.id
        WHERE d.net_minor <> COALESCE(s.net, 0)
    """,
    "seats taken equal the registrations that hold one": """
        SELECT w.id, w.seats_taken, COUNT(r.id) FROM events_workshop w
        LEFT JOIN events_booking b ON b.workshop_id = w.id AND b.state IN ('held', 'confirmed')
        LEFT JOIN events_registration r ON r.booking_id = b.id
        GROUP BY w.id, w.seats_taken HAVING w.seats_taken <> COUNT(r.id)
    """,
    "a booking has as many registrations as seats": """
        SELECT b.id, b.seats, COUNT(r.id) FROM events_booking b
        LEFT JOIN events_registration r ON r.booking_id = b.id
        GROUP BY b.id, b.seats HAVING b.seats <> COUNT(r.id)
    """,
    "never more seats than the workshop has": """
        SELECT id, seats_taken, capacity FROM events_workshop WHERE seats_taken > capacity
    """,
    "every paid donation has its gift in the ledger, and only a paid one": """
        SELECT d.id, d.state, e.id FROM donations_donation d
        FULL JOIN donations_ledgerentry e ON e.donation_id = d.id AND e.kind = 'gift'
        WHERE (d.state = 'paid') IS DISTINCT FROM (e.id IS NOT NULL)
          AND (d.id IS NOT NULL OR e.kind = 'gift')
    """,
    # What was paid otherwise is quarantined until all of it went back.
    "a paid donation's amount is its gift in the ledger": """
        SELECT d.id, d.amount_minor, e.amount_minor FROM donations_donation d
        JOIN donations_ledgerentry e ON e.donation_id = d.id AND e.kind = 'gift'
        WHERE d.amount_minor <> e.amount_minor AND d.quarantine = '' AND d.net_minor > 0
    """,
    "every ledger row is in its campaign's currency": """
        SELECT e.id, e.currency, c.currency FROM donations_ledgerentry e
        JOIN events_campaign c ON c.id = e.campaign_id
        LEFT JOIN donations_donation d ON d.id = e.donation_id
        WHERE e.currency <> c.currency OR d.currency <> e.currency
           OR (d.campaign_id IS DISTINCT FROM e.campaign_id
               AND e.source_type NOT IN ('remittance', 'claim', 'offline'))
           OR (d.id IS NOT NULL AND e.source_type IN ('remittance', 'claim', 'offline'))
    """,
    "at most one live seat donation for a booking": """
        SELECT booking_id, COUNT(*) FROM donations_donation
        WHERE purpose = 'seat' AND state IN ('created', 'open', 'processing', 'paid')
        GROUP BY booking_id HAVING COUNT(*) > 1
    """,
    "money for a seat has a seat, or a question to its giver": """
        SELECT d.id, b.id, b.state FROM donations_donation d
        JOIN events_booking b ON b.id = d.booking_id
        WHERE d.purpose = 'seat' AND d.state = 'paid' AND d.net_minor > 0
          AND b.state NOT IN ('confirmed', 'needs_attention')
    """,
    "a hold that Stripe decides about has a live donation": """
        SELECT b.id FROM events_booking b
        WHERE b.state = 'held' AND b.hold_expires_at IS NULL AND NOT EXISTS (
          SELECT 1 FROM donations_donation d WHERE d.booking_id = b.id
          AND (d.state IN ('created', 'open', 'processing') OR d.quarantine <> ''))
    """,
    "who waits holds nothing and pays nothing": """
        SELECT b.id FROM events_booking b
        WHERE b.state = 'waiting' AND (
          b.hold_expires_at IS NOT NULL OR b.offered_at IS NOT NULL OR b.confirmed_at IS NOT NULL
          OR EXISTS (SELECT 1 FROM donations_donation d WHERE d.booking_id = b.id))
    """,
    "an address waits once for a workshop": """
        SELECT workshop_id, UPPER(email), COUNT(*) FROM events_booking WHERE state = 'waiting'
        GROUP BY workshop_id, UPPER(email) HAVING COUNT(*) > 1
    """,
    "seats are offered in the order of the line": """
        SELECT later.id, first.id FROM events_booking first
        JOIN events_booking later ON later.workshop_id = first.workshop_id
         AND (COALESCE(later.approved_at, later.created_at), later.id)
             > (COALESCE(first.approved_at, first.created_at), first.id)
         AND later.seats >= first.seats AND later.offered_at IS NOT NULL
        WHERE first.state = 'waiting' AND NOT first.awaits_approval
    """,
    # Clocks of two servers may differ by a little.
    "no newcomer passes the line": """
        SELECT n.id, w.id FROM events_booking w
        JOIN events_booking n ON n.workshop_id = w.workshop_id AND n.offered_at IS NULL
         AND n.state IN ('held', 'confirmed')
         AND n.created_at > COALESCE(w.approved_at, w.created_at) + interval '1 minute'
        WHERE w.state = 'waiting' AND NOT w.awaits_approval
    """,
    "only a payment that was taken back twice falls below zero": """
        SELECT d.id, d.net_minor FROM donations_donation d
        WHERE d.net_minor < 0 AND (
          SELECT COUNT(*) FROM donations_ledgerentry e
          WHERE e.donation_id = d.id AND e.kind IN ('refund', 'dispute')) < 2
    """,
    "every transfer has exactly its ledger rows": """
        SELECT r.id, r.state, s.kind, s.n FROM donations_remittance r
        FULL JOIN (
          SELECT source_id, COUNT(*) AS n, SUM(amount_minor) FILTER (WHERE kind = 'remittance')
            AS sent, SUM(amount_minor) FILTER (WHERE kind = 'remittance_returned') AS returned,
            MIN(campaign_id) AS campaign_id, MIN(kind) AS kind
          FROM donations_ledgerentry WHERE source_type = 'remittance' GROUP BY source_id) s
        ON s.source_id = r.public_id::text AND s.campaign_id = r.campaign_id
        WHERE r.amount_minor IS DISTINCT FROM s.sent
           OR (CASE WHEN r.state = 'returned' THEN r.amount_minor END) IS DISTINCT FROM s.returned
           OR s.n <> (CASE WHEN r.state = 'returned' THEN 2 ELSE 1 END)
    """,
    "no transfer and no gift is shared out beyond its amount": """
        SELECT r.id, r.amount_minor, SUM(s.amount_minor) FROM donations_remittance r
        JOIN donations_remittanceshare s ON s.remittance_id = r.id
        GROUP BY r.id, r.amount_minor HAVING SUM(s.amount_minor) > r.amount_minor
        UNION ALL
        SELECT d.id, d.amount_minor, SUM(s.amount_minor) FROM donations_donation d
        JOIN donations_remittanceshare s ON s.donation_id = d.id
        JOIN donations_remittance r ON r.id = s.remittance_id AND r.state <> 'returned'
        GROUP BY d.id, d.amount_minor HAVING SUM(s.amount_minor) > d.amount_minor
    """,
    "an acknowledged transfer has its answer, and only that one": """
        SELECT r.id, r.state, COUNT(a.id) FROM donations_remittance r
        LEFT JOIN donations_acknowledgement a ON a.remittance_id = r.id
         AND a.acknowledged_at IS NOT NULL
        GROUP BY r.id, r.state
        HAVING (r.state = 'acknowledged' AND COUNT(a.id) <> 1)
            OR (r.state IN ('recorded', 'asked') AND COUNT(a.id) > 0)
    """,
    "a transfer to the bank is exactly the movements in it": """
        SELECT p.stripe_id, p.amount_minor, SUM(m.minor - m.fee_minor) FROM donations_payout p
        JOIN donations_payoutmovement m ON m.payout_id = p.id
        WHERE p.is_complete AND p.status = 'paid'
        GROUP BY p.id HAVING SUM(m.minor - m.fee_minor) <> p.amount_minor
    """,
    "what a transfer to the bank moved is booked": f"""
        SELECT p.stripe_id, d.campaign_id, d.minor
        FROM ({booking.DIFFERENCES.format(which="true")}) d
        JOIN donations_payout p ON p.id = d.payout_id
        WHERE NOT EXISTS (  -- a gift that was posted later is booked by the next round
          SELECT 1 FROM donations_payoutmovement m JOIN donations_ledgerentry e
            ON e.source_type = m.source_type AND e.source_id = m.source_id
          WHERE m.payout_id = p.id AND e.created_at > p.checked_at)
    """,  # noqa: S608 -- nothing but ours
    "a campaign's money lands at an account of its own team and kind": """
        SELECT c.id, a.id FROM events_campaign c
        JOIN donations_connectedaccount a ON a.stripe_account = c.stripe_account
        WHERE a.team_id <> c.team_id OR a.holder <> c.destination
    """,
    "what was payable went to the account that its campaign names": """
        SELECT d.id, d.stripe_account, c.stripe_account FROM donations_donation d
        JOIN events_campaign c ON c.id = d.campaign_id
        WHERE d.session_id IS NOT NULL AND d.stripe_account <> c.stripe_account
    """,
    "no unpaid donation has ledger rows": """
        SELECT d.id, d.state FROM donations_donation d
        WHERE d.state <> 'paid' AND EXISTS (
          SELECT 1 FROM donations_ledgerentry e WHERE e.donation_id = d.id)
    """,
    **declared_invariants.QUERIES,
}


@dataclass(frozen=True, slots=True)
class Broken:
    """One row that breaks a promise."""

    promise: str
    row: tuple[Any, ...]


def broken() -> Iterator[Broken]:
    """Yield every row that breaks a promise; nothing when all is well."""
    with connection.cursor() as cursor:
        for promise, query in QUERIES.items():
            cursor.execute(query)
            for row in cursor.fetchall():
                yield Broken(promise, tuple(row))
