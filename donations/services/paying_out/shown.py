"""What organizers see of payouts: their campaign's part, and the whole where it is all theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.http import Http404

from donations.models import Payout
from donations.states import PayoutStatus
from events.models import Campaign
from fundraiser.core.money import Money

#: Whose movement it is: the ledger's rows of the same object of Stripe's tell.
_POSTED: Final = """
    JOIN LATERAL (SELECT e.campaign_id, e.donation_id, c.team_id FROM donations_ledgerentry e
      JOIN events_campaign c ON c.id = e.campaign_id
      WHERE e.source_type = m.source_type AND e.source_id = m.source_id
      ORDER BY e.id LIMIT 1) entry ON true
"""
#: From the campaign's own rows: there may be a million movements of others.
_PARTS: Final = """
    SELECT m.payout_id, COUNT(*) FILTER (WHERE m.source_type = 'charge'),
      COALESCE(SUM(m.minor) FILTER (WHERE m.source_type = 'charge'), 0), SUM(m.fee_minor),
      SUM(m.minor - m.fee_minor)
    FROM (SELECT DISTINCT source_type, source_id FROM donations_ledgerentry
      WHERE campaign_id = %(campaign)s) mine
    JOIN donations_payoutmovement m USING (source_type, source_id)
    WHERE true {one} GROUP BY m.payout_id
"""
_WHOLES: Final = f"""
    SELECT p.id, SUM(m.minor - m.fee_minor),
      BOOL_OR(entry.team_id IS NOT NULL AND entry.team_id <> %(team)s)
    FROM donations_payout p LEFT JOIN donations_payoutmovement m ON m.payout_id = p.id
    LEFT {_POSTED.strip()} WHERE p.id = ANY(%(payouts)s) GROUP BY p.id
"""  # noqa: S608 -- nothing but ours
_LINES: Final = f"""
    SELECT m.kind, m.minor, m.fee_minor,
      CASE WHEN w.surplus_minimum_minor IS NULL THEN d.name END, w.title
    FROM donations_payoutmovement m {_POSTED}
    LEFT JOIN donations_donation d ON d.id = entry.donation_id
    LEFT JOIN events_workshop w ON w.id = d.workshop_id
    WHERE entry.campaign_id = %(campaign)s AND m.payout_id = %(payout)s ORDER BY m.id
"""  # noqa: S608 -- nothing but ours
#: How many are listed, the latest first; older ones are in the export.
SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class PayoutShown:
    """One transfer. ``whole`` is None where other teams' money is in it, too."""

    payout: Payout
    gifts: int
    given: Money
    fees: Money
    #: Of this campaign: what of the transfer is its.
    net: Money
    whole: Money | None
    #: Whether Stripe told all that is in it, and that adds up to what it sent.
    adds_up: bool

    @property
    def is_back(self) -> bool:
        """Whether the bank sent it back, or it never left."""
        return self.payout.status in {PayoutStatus.FAILED, PayoutStatus.CANCELED}


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of the campaign in a transfer. ``name`` is empty for who was erased."""

    kind: str
    name: str
    workshop: str
    amount: Money
    fee: Money
    net: Money


def of_campaign(campaign: Campaign) -> list[PayoutShown]:
    """Return the transfers that hold money of a campaign, the latest first."""
    parts = {row[0]: row[1:] for row in _ask(_PARTS.format(one=""), campaign=campaign.pk)}
    rows = Payout.objects.filter(pk__in=parts).order_by("-arrival_on", "-pk")[:SHOWN]
    return _shown(campaign, list(rows), parts)


def one_of_campaign(campaign: Campaign, stripe_id: str) -> PayoutShown:
    """Return one of them; Http404 where it holds nothing of this campaign."""
    payout = Payout.objects.filter(stripe_id=stripe_id).first()
    if payout is None:
        raise Http404
    narrowed = _PARTS.format(one="AND m.payout_id = %(payout)s")
    found = _ask(narrowed, campaign=campaign.pk, payout=payout.pk)
    if not found:
        raise Http404
    return _shown(campaign, [payout], {row[0]: row[1:] for row in found})[0]


def _shown(
    campaign: Campaign, payouts: list[Payout], parts: dict[int, tuple[Any, ...]]
) -> list[PayoutShown]:
    asked = _ask(_WHOLES, payouts=[one.pk for one in payouts], team=campaign.team_id)
    wholes = {row[0]: row[1:] for row in asked}
    found = []
    for one in payouts:
        gifts, *minors = parts[one.pk]
        held, is_shared = wholes[one.pk]
        given, fees, net = (Money(int(minor), one.currency) for minor in minors)
        found.append(
            PayoutShown(
                payout=one,
                gifts=gifts,
                given=given,
                fees=fees,
                net=net,
                whole=None if is_shared else one.amount,
                adds_up=one.is_complete and held == one.amount_minor,
            )
        )
    return found


def lines(campaign: Campaign, payout: Payout) -> list[Line]:
    """Return the campaign's movements in a transfer, in Stripe's order."""
    found = []
    for kind, minor, fee, name, title in _ask(_LINES, campaign=campaign.pk, payout=payout.pk):
        amount, kept = Money(minor, payout.currency), Money(fee, payout.currency)
        found.append(Line(kind, name or "", title or "", amount, kept, amount - kept))
    return found


def _ask(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
