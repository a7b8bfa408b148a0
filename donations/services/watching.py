"""Give to watch: newcomers see a past workshop's recording for a gift into the same total."""

from __future__ import annotations

from django.urls import reverse

from donations.models import Donation
from donations.services import pages
from donations.services.links import gift_link
from donations.states import DonationState, Purpose
from events.models import Workshop
from events.services.room import replays


def offered(workshop: Workshop) -> bool:
    """Return whether a newcomer can give to watch now; the campaign is loaded."""
    wanted = workshop.replay_for_gifts and replays.exists(workshop)
    return wanted and pages.takes_gifts(workshop.campaign)


def may_watch(donation: Donation) -> bool:
    """Return whether a gift lets its giver watch: paid, and something is left of it."""
    workshop = donation.workshop
    if workshop is None or donation.purpose != Purpose.GIFT or not workshop.replay_for_gifts:
        return False
    paid = donation.state == DonationState.PAID and donation.net_minor > 0
    return paid and replays.exists(workshop)


def page_of(donation: Donation) -> str:
    """Return the path of the page where a giver watches, or nothing where there is none."""
    return reverse("gift_replay", args=[gift_link(donation)]) if may_watch(donation) else ""
