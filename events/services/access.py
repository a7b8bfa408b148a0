"""One door per object: views get rows here, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from events.models import Booking, Campaign, Workshop
from events.querysets import CampaignQuerySet
from fundraiser.core import links
from fundraiser.core.http import DeadLinkError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

BOOKING_LINK = "booking"
CONFIRM_LINK = "confirm-address"


def campaign_for_visitor(slug: str) -> Campaign:
    """Return a campaign that anybody may see; Http404 otherwise (a draft included)."""
    return get_object_or_404(Campaign.objects.visible(), slug=slug)


def workshop_for_visitor(campaign_slug: str, slug: str) -> Workshop:
    """Return a workshop that anybody may see, with its campaign; Http404 otherwise."""
    visible = Workshop.objects.visible().select_related("campaign")
    workshop = get_object_or_404(visible, campaign__slug=campaign_slug, slug=slug)
    if workshop.campaign.state == "draft":
        raise Http404
    return workshop


def booking_for_link(token: str, purpose: str = BOOKING_LINK) -> Booking:
    """Return the booking that a signed link is for; DeadLinkError for a wrong or revoked one."""
    try:
        link = links.read(purpose, token)
    except links.InvalidLinkError as error:
        raise DeadLinkError from error
    rows = Booking.objects.select_related("workshop__campaign__team")
    found = rows.filter(public_id=link.public_id, link_version=link.version).first()
    if found is None:
        raise DeadLinkError
    return found


def booking_link(booking: Booking, purpose: str = BOOKING_LINK) -> str:
    """Return the token that opens the booking for one purpose."""
    return links.make(purpose, UUID(str(booking.public_id)), booking.link_version)


def campaigns_of(user: AbstractBaseUser | AnonymousUser, *, is_admin: bool) -> CampaignQuerySet:
    """Return the campaigns that a signed-in person works on; all of them for an admin."""
    rows = Campaign.objects.select_related("team").order_by("-created_at")
    return rows if is_admin else rows.of_member(user)
