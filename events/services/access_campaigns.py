"""More doors to campaigns: for who begins one, who looks at a draft, who comes by an old address.

As access.py, of which this is a part: views get rows here, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from events.models import Campaign, CampaignAddress, Membership, Team
from events.services import access
from events.states import CampaignState

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


def teams_of_editor(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Team]:
    """Return the teams in which a person may begin a campaign; all of them for an admin."""
    rows = Team.objects.order_by("name", "pk")
    if getattr(user, "is_superuser", False):
        return rows
    mine = Membership.objects.filter(user_id=user.pk or 0, role__in=access.EDITORS)
    return rows.filter(pk__in=mine.values("team_id"))


def draft_for_member(user: AbstractBaseUser | AnonymousUser, slug: str) -> Campaign:
    """Return a draft by its address to a member of its team, or to an admin; Http404 otherwise."""
    if not user.is_authenticated:
        raise Http404
    rows = Campaign.objects.select_related("team")
    campaign = get_object_or_404(rows, slug=slug, state=CampaignState.DRAFT)
    return access.campaign_for_member(user, campaign.public_id, access.MEMBERS)


def present_slug(old: str) -> str | None:
    """Return the present address of the public campaign that once had this one, if there is one."""
    rows = CampaignAddress.objects.filter(slug=old).exclude(campaign__state=CampaignState.DRAFT)
    return rows.values_list("campaign__slug", flat=True).first()
