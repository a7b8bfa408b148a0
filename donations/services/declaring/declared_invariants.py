"""What must always hold of gifts that never passed through here, as plain SQL (invariants.py)."""

from __future__ import annotations

from typing import Final

#: Every gift that was told to us, with the rows that it must have, and nothing more.
_GIFTS: Final = """
    SELECT 'claim' AS source_type, public_id::text AS source_id, campaign_id, amount_minor,
           currency, state IN ('accepted', 'undone') AS declared, state = 'undone' AS undone
    FROM donations_claim
    UNION ALL
    SELECT 'offline', public_id::text, campaign_id, amount_minor, currency,
           state IN ('received', 'undone'), state = 'undone'
    FROM donations_offlinegift
"""

QUERIES: Final[dict[str, str]] = {
    "a declared gift has exactly its ledger rows": """
        WITH g AS (__GIFTS__), e AS (
          SELECT source_type, source_id, MIN(campaign_id) AS campaign_id,
            MIN(amount_minor) AS least, MAX(amount_minor) AS most, MIN(currency) AS currency,
            COUNT(*) FILTER (WHERE kind = 'declared' AND debit = 'given_elsewhere'
              AND credit = 'declared_gifts') AS declared,
            COUNT(*) FILTER (WHERE kind = 'declared_undone' AND debit = 'declared_gifts'
              AND credit = 'given_elsewhere') AS undone,
            COUNT(*) AS all_rows
          FROM donations_ledgerentry
          WHERE source_type IN ('claim', 'offline') OR kind IN ('declared', 'declared_undone')
             OR 'declared_gifts' IN (debit, credit) OR 'given_elsewhere' IN (debit, credit)
          GROUP BY source_type, source_id)
        SELECT g.source_type, g.source_id, e.source_type, e.source_id
        FROM g FULL JOIN e USING (source_type, source_id)
        WHERE g.source_id IS NULL
           OR COALESCE(e.declared, 0) <> g.declared::int
           OR COALESCE(e.undone, 0) <> g.undone::int
           OR COALESCE(e.all_rows, 0) <> g.declared::int + g.undone::int
           OR e.least <> g.amount_minor OR e.most <> g.amount_minor
           OR e.currency <> g.currency OR e.campaign_id <> g.campaign_id
    """.replace("__GIFTS__", _GIFTS),
    "what is pledged equals the pledges that stand": """
        SELECT t.campaign_id, t.pledged_minor, SUM(o.amount_minor)
        FROM donations_campaigntotal t
        LEFT JOIN donations_offlinegift o ON o.campaign_id = t.campaign_id AND o.state = 'pledged'
        GROUP BY t.campaign_id, t.pledged_minor
        HAVING t.pledged_minor <> COALESCE(SUM(o.amount_minor), 0)
    """,
    "a seat is provisional only as long as its receipt waits": """
        SELECT c.id, b.id FROM donations_claim c JOIN events_booking b ON b.id = c.booking_id
        WHERE (c.state <> 'shown' AND b.state = 'held')
           OR c.workshop_id IS DISTINCT FROM b.workshop_id
    """,
}
