"""The kinds of event that a team's programs may be told of."""

from __future__ import annotations

from typing import Final

KINDS: Final = (
    "donation.succeeded",
    "donation.refunded",
    "donation.disputed",
    "registration.confirmed",
    "registration.cancelled",
    "workshop.published",
    "workshop.changed",
    "workshop.cancelled",
    "campaign.published",
    "campaign.closed",
    "remittance.sent",
    "remittance.acknowledged",
)
#: Sent by a button, whatever an endpoint chose.
TEST: Final = "endpoint.test"
