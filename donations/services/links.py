"""Links to a donation's own pages, and the one door through which views get a donation."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse

from donations.models import Donation, RefundOrder
from donations.services.parameters import CHECKOUT_LINK
from events.services import access
from fundraiser.core import links
from fundraiser.core.http import DeadLinkError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

GIFT_LINK = "gift"


def gift_link(donation: Donation) -> str:
    """Return the token of the giver's own page."""
    return links.make(GIFT_LINK, donation.public_id, donation.link_version)


def retry_page(donation: Donation) -> str:
    """Return the path where one gives again after a payment that came to nothing."""
    workshop, campaign = donation.workshop, donation.campaign
    if workshop is None:
        return reverse("give", args=[campaign.slug])
    name = "workshop" if donation.booking_id is not None else "watch"
    return reverse(name, args=[campaign.slug, workshop.slug])


def donation_for_member(user: AbstractBaseUser | AnonymousUser, public_id: UUID) -> Donation:
    """Return a donation whose campaign the person may change.

    Raises Http404 for another team's, PermissionDenied where the role does not allow it.
    """
    rows = Donation.objects.select_related(
        "campaign__team", "workshop__campaign", "booking__workshop__campaign"
    )
    found = get_object_or_404(rows, public_id=public_id)
    access.campaign_for_member(user, found.campaign.public_id)
    return found


def refund_order_for_member(
    user: AbstractBaseUser | AnonymousUser, public_id: UUID, nonce: UUID
) -> RefundOrder:
    """Return a refund that was ordered of such a donation, by its own number. Raises as above."""
    donation = donation_for_member(user, public_id)
    order = get_object_or_404(RefundOrder, donation=donation, nonce=nonce)
    order.donation = donation
    return order


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
