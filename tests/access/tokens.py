"""The signed links of the access matrix: what each address with one is for, and whose it is."""

from __future__ import annotations

import uuid
from typing import Any, Final

from donations.models import Donation
from donations.services.abuse.kept_forms import FINISH_LINK
from donations.services.connecting.doors import ONBOARDING_LINK
from donations.services.declaring.claim_links import CLAIM_LINK
from donations.services.links import GIFT_LINK
from donations.services.parameters import CHECKOUT_LINK
from donations.services.remitting.doors import ACKNOWLEDGE_LINK
from donations.services.updating.doors import UPDATES_OFF_LINK
from events.models import (
    Booking,
    Campaign,
    Membership,
)
from events.services.access import (
    BOOKING_LINK,
    CONFIRM_LINK,
    HOST_LINK,
    HOST_REMINDERS_LINK,
    JOIN_LINK,
    NOTICE_LINK,
    PERSON_LINK,
    REGISTRATION_LINK,
    SEAT_LINK,
    STAGE_LINK,
    UNSUBSCRIBE_LINK,
)
from events.services.access_people import INVITEE_LINK
from events.services.access_teams import INVITATION_LINK
from fundraiser.core import links
from tests.access import money_rows, own_pages

#: What each address with a token is for.
PURPOSES: Final = {
    "checkout_return": CHECKOUT_LINK,
    "checkout_status": CHECKOUT_LINK,
    "checkout_apply": CHECKOUT_LINK,
    "checkout_cancelled": CHECKOUT_LINK,
    "checkout_release": CHECKOUT_LINK,
    "booking": BOOKING_LINK,
    "booking_calendar": BOOKING_LINK,
    "booking_cancel": BOOKING_LINK,
    "booking_refund": BOOKING_LINK,
    "booking_keep": BOOKING_LINK,
    "confirm_address": CONFIRM_LINK,
    "offer": BOOKING_LINK,
    "extend": BOOKING_LINK,
    "gift": GIFT_LINK,
    "gift_replay": GIFT_LINK,
    "join": JOIN_LINK,
    "join_status": JOIN_LINK,
    "replay": REGISTRATION_LINK,
    "unsubscribe": UNSUBSCRIBE_LINK,
    "unsubscribe_news": UNSUBSCRIBE_LINK,
    "unsubscribe_invitations": INVITEE_LINK,
    #: A speaker's, and an organizer's.
    "host_join": HOST_LINK,
    "unsubscribe_host": HOST_REMINDERS_LINK,
    "stage": STAGE_LINK,
    "stage_live": STAGE_LINK,
    "acknowledge": ACKNOWLEDGE_LINK,
    "updates_off": UPDATES_OFF_LINK,
    #: A member's, in truth; here the attendee holds it.
    "notice_off": f"{NOTICE_LINK}:new_gift",
    "invitation": INVITATION_LINK,
    #: The link of whoever signs for a Stripe account; here the attendee holds it.
    "onboarding": ONBOARDING_LINK,
    "onboarding_check": ONBOARDING_LINK,
    **own_pages.PURPOSES,
}


def link_of(donation: Donation, purpose: str) -> str:
    """Return the link of a donation's giver for a purpose."""
    booking = donation.booking
    assert booking is not None
    if purpose.startswith(NOTICE_LINK):
        before = Donation.objects.filter(campaign=donation.campaign, pk__lt=donation.pk).count()
        members = Membership.objects.filter(team=donation.campaign.team).order_by("pk")
        pks = [*members.values_list("pk", flat=True), 0, 1]
        return links.make(purpose, uuid.UUID(int=pks[before]))
    row = _row(donation, booking, purpose)
    version = row.stage_version if isinstance(row, Campaign) else row.link_version
    return links.make(purpose, row.public_id, version)


def _row(donation: Donation, booking: Booking, purpose: str) -> Any:
    """Return what a link is for; the other attendee holds none of a speaker or an organizer."""
    if purpose in {PERSON_LINK, SEAT_LINK, CLAIM_LINK, FINISH_LINK}:
        return own_pages.row_of(donation, purpose)
    if purpose in {BOOKING_LINK, CONFIRM_LINK}:
        return booking
    if purpose in {JOIN_LINK, REGISTRATION_LINK, UNSUBSCRIBE_LINK}:
        return booking.registrations.get(position=1)
    workshop = booking.workshop
    team = workshop.campaign.team
    is_first = not Booking.objects.filter(workshop=workshop, pk__lt=booking.pk).exists()
    found = {
        INVITATION_LINK: team.invitations.first,
        INVITEE_LINK: team.invitees.first,
        HOST_LINK: workshop.hosts.first,
        HOST_REMINDERS_LINK: workshop.hosts.first,
        ACKNOWLEDGE_LINK: lambda: money_rows.asked(workshop),
        ONBOARDING_LINK: team.connected_accounts.first,
        STAGE_LINK: lambda: workshop.campaign,
    }
    return (found[purpose]() if is_first and purpose in found else None) or donation
