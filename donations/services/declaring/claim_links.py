"""The link to a claim's own page, and the doors through which views get claims."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.shortcuts import get_object_or_404

from donations.models import Claim, OfflineGift
from events.services import access
from fundraiser.core import links
from fundraiser.core.http import DeadLinkError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

CLAIM_LINK = "claim"


def claim_link(claim: Claim) -> str:
    """Return the token of a claim's own page."""
    return links.make(CLAIM_LINK, claim.public_id, claim.link_version)


def claim_for_link(token: str) -> Claim:
    """Return the claim that a signed link is for; DeadLinkError for a wrong or revoked one."""
    try:
        link = links.read(CLAIM_LINK, token)
    except links.InvalidLinkError as error:
        raise DeadLinkError from error
    rows = Claim.objects.select_related(
        "campaign__team", "workshop__campaign", "booking__workshop__campaign"
    )
    found = rows.filter(public_id=link.public_id, link_version=link.version).first()
    if found is None:
        raise DeadLinkError
    return found


def claim_for_editor(user: AbstractBaseUser | AnonymousUser, public_id: UUID) -> Claim:
    """Return a claim to a campaign that the person may change.

    Raises Http404 for another team's, PermissionDenied where the role does not allow it.
    """
    rows = Claim.objects.select_related("campaign__team", "workshop", "booking")
    claim = get_object_or_404(rows, public_id=public_id)
    access.campaign_for_member(user, claim.campaign.public_id)
    return claim


def offline_for_editor(user: AbstractBaseUser | AnonymousUser, public_id: UUID) -> OfflineGift:
    """Return a gift that was entered by hand; refuses as for claims."""
    gift = get_object_or_404(
        OfflineGift.objects.select_related("campaign__team"), public_id=public_id
    )
    access.campaign_for_member(user, gift.campaign.public_id)
    return gift
