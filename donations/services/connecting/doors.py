"""One door per connected account: views get them here, and nowhere else."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from donations.models import ConnectedAccount
from events.models import Campaign
from fundraiser.core import links
from fundraiser.core.http import DeadLinkError

ONBOARDING_LINK = "onboarding"


def of_team(campaign: Campaign) -> QuerySet[ConnectedAccount]:
    """Return the accounts of a campaign's team, those in use first."""
    rows = ConnectedAccount.objects.filter(team=campaign.team_id)
    return rows.order_by("disconnected_at", "holder", "name", "pk").reverse()


def account_of_team(campaign: Campaign, public_id: UUID) -> ConnectedAccount:
    """Return one account of a campaign's team; Http404 for another team's."""
    return get_object_or_404(of_team(campaign).select_related("team"), public_id=public_id)


def account_link(account: ConnectedAccount) -> str:
    """Return the token by which an account's officer gets to Stripe's page."""
    return links.make(ONBOARDING_LINK, account.public_id, account.link_version)


def account_for_link(token: str) -> ConnectedAccount:
    """Return the account that a signed link is for; DeadLinkError for a wrong or ended one."""
    try:
        link = links.read(ONBOARDING_LINK, token)
    except links.InvalidLinkError as error:
        raise DeadLinkError from error
    rows = ConnectedAccount.objects.select_related("team")
    found = rows.filter(public_id=link.public_id, link_version=link.version).first()
    if found is None:
        raise DeadLinkError
    return found
