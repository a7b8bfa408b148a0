"""Links to a donation's own pages, and the one door through which views get a donation."""

from __future__ import annotations

from donations.models import Donation
from donations.services.parameters import CHECKOUT_LINK
from fundraiser.core import links
from fundraiser.core.http import DeadLinkError

GIFT_LINK = "gift"


def gift_link(donation: Donation) -> str:
    """Return the token of the giver's own page."""
    return links.make(GIFT_LINK, donation.public_id, donation.link_version)


def donation_for_link(token: str, purpose: str = CHECKOUT_LINK) -> Donation:
    """Return the donation that a signed link is for; DeadLinkError for a wrong or revoked one."""
    try:
        link = links.read(purpose, token)
    except links.InvalidLinkError as error:
        raise DeadLinkError from error
    rows = Donation.objects.select_related(
        "campaign__team", "workshop__campaign", "booking__workshop__campaign"
    )
    found = rows.filter(public_id=link.public_id, link_version=link.version).first()
    if found is None:
        raise DeadLinkError
    return found
