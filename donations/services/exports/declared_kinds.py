"""What can be exported of gifts that never passed through here: shown by receipt, or by hand."""

from __future__ import annotations

from typing import Final

from donations.services.exports.columns import Column, Shape
from donations.services.exports.shared import (
    CAMPAIGN,
    OF_CAMPAIGN,
    WORKSHOP,
    Kind,
    amount,
    unless_carried,
)

#: A receipt counts by when it was shown, a gift by hand by the day on which it was received.
_GIFTS: Final = """(
    SELECT 1 AS source, id, public_id, 'receipt' AS how, state, created_at AS moment,
      campaign_id, workshop_id, name, email, amount_minor, currency, reference, hide_name,
      '' AS note
    FROM donations_claim
    UNION ALL
    SELECT 2, id, public_id, kind, state, received_on::timestamp AT TIME ZONE %(zone)s,
      campaign_id, NULL, name, '', amount_minor, currency, '', hide_name, note
    FROM donations_offlinegift
) gift """

DECLARED: Final = Kind(
    name="declared",
    columns=(
        Column("gift", "gift.public_id"),
        Column("how", "gift.how"),
        Column("given_at", "gift.moment", Shape.MOMENT),
        Column("state", "gift.state"),
        *CAMPAIGN,
        *WORKSHOP,
        Column("name", unless_carried("gift.name")),
        Column("email", unless_carried("gift.email")),
        amount("amount", "gift.amount_minor", "gift.currency"),
        Column("currency", "gift.currency"),
        Column("reference", unless_carried("gift.reference")),
        Column("name_hidden", "gift.hide_name", Shape.FLAG),
        Column("note", "gift.note"),
    ),
    rows=_GIFTS
    + OF_CAMPAIGN.format("gift")
    + " LEFT JOIN events_workshop workshop ON workshop.id = gift.workshop_id",
    order="gift.moment, gift.source, gift.id",
    moment="gift.moment",
    currency="gift.currency",
    workshop="gift.workshop_id",
    is_personal=True,
)
