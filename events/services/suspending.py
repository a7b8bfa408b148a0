"""A team or a campaign suspended by an admin of the site, and let go on again.

Nothing is lost meanwhile: people with a seat keep their pages, and gifts stay in the ledger. What
somebody has begun to pay is made unpayable by the sweeper's next round; a payment that was quicker,
or is under way at a bank, is taken, since nobody can call it back.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from events.models import Campaign, Team
from fundraiser.core import clock


def suspend_campaign(campaign_id: int, *, reason: str) -> None:
    """Show a campaign to nobody but its team, and take nothing for it any more."""
    _write(campaign_id, suspended_at=clock.now(), suspension_reason=reason)


def resume_campaign(campaign_id: int) -> None:
    """Let a campaign go on, as far as its team may."""
    _write(campaign_id, suspended_at=None, suspension_reason="")


def _write(campaign_id: int, **values: object) -> None:
    rows = Campaign.objects.filter(pk=campaign_id)
    rows.update(**values, content_version=F("content_version") + 1)


def suspend_team(team_id: int, *, reason: str) -> None:
    """Suspend everything of a team at once."""
    _write_team(team_id, suspended_at=clock.now(), suspension_reason=reason)


def resume_team(team_id: int) -> None:
    """Let a team go on; a campaign that was suspended for itself stays so."""
    _write_team(team_id, suspended_at=None, suspension_reason="")


def _write_team(team_id: int, **values: object) -> None:
    with transaction.atomic():
        Team.objects.filter(pk=team_id).update(**values)
        rows = Campaign.objects.filter(team_id=team_id)
        rows.update(content_version=F("content_version") + 1)


def reason_of(campaign: Campaign) -> str:
    """Return why a campaign is suspended, by its own reason or its team's; may be empty."""
    own = campaign.suspension_reason if campaign.suspended_at else ""
    return own or campaign.team.suspension_reason
