"""Publishing: everything that must be there first, each as one function, in one place.

A check looks at a campaign and returns what is missing, or None. To ask for one more thing, write
a function and add it to ``CHECKS``; organizers see its words in the list of what is still to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from django.db import transaction
from django.utils.translation import gettext as _

from donations.services import account_readiness
from events.models import Campaign
from events.services import campaigns
from events.states import CAMPAIGN_TABLE, CampaignState, Destination, TeamState
from fundraiser.core import clock, transitions
from fundraiser.core.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Missing:
    """Something to do before publishing: in words, and the page (URL name) where it is done."""

    words: str
    where: str = "campaign_edit"


class NotReadyError(ServiceError):
    """The campaign cannot be published yet."""

    code: ClassVar[str] = "not_ready"

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__("; ".join(one.words for one in missing))
        self.missing = missing


Check = Callable[[Campaign], Missing | None]


def _title(campaign: Campaign) -> Missing | None:
    return None if campaign.title.strip() else Missing(_("Give the campaign a title."))


def _story(campaign: Campaign) -> Missing | None:
    if campaign.story.strip():
        return None
    return Missing(_("Tell the story: why this charity, and what people will learn."))


def _charity(campaign: Campaign) -> Missing | None:
    return None if campaign.charity_name.strip() else Missing(_("Name the charity."))


def _amounts(campaign: Campaign) -> Missing | None:
    if campaign.suggested_minor or campaign.destination == Destination.EXTERNAL:
        return None
    return Missing(_("Suggest at least one amount."))


def _close_date(campaign: Campaign) -> Missing | None:
    if campaign.closes_at is None or campaign.closes_at > clock.now():
        return None
    return Missing(_("The close date has passed: choose a later one, or none."))


def _send_by(campaign: Campaign) -> Missing | None:
    if campaign.destination != Destination.TEAM or campaign.send_by is not None:
        return None
    return Missing(_("Say by which day you send the money to the charity."))


def _account(campaign: Campaign) -> Missing | None:
    """An account that can take the money, in a currency that it settles in."""
    found = account_readiness.problems(campaign)
    return Missing(found[0], "campaign_payments") if found else None


def _giving_page(campaign: Campaign) -> Missing | None:
    """Where people give on the charity's own page, its address."""
    if campaign.destination != Destination.EXTERNAL or campaign.external_url:
        return None
    return Missing(_("Give the address of the charity’s own page to give on."), "campaign_claims")


def _team(campaign: Campaign) -> Missing | None:
    """A team that waits for approval, or is suspended, prepares everything but is not public."""
    if campaign.team.may_publish:
        return None
    if campaign.team.state == TeamState.PENDING:
        words = _("Your team is not approved yet. You can prepare everything meanwhile.")
    else:
        words = _("Your team is suspended: ask the site’s admin why.")
    return Missing(words, "dashboard")


#: In the order in which they are told.
CHECKS: Final[tuple[Check, ...]] = (
    _title,
    _story,
    _charity,
    _amounts,
    _close_date,
    _send_by,
    _account,
    _giving_page,
    _team,
)


def missing(campaign: Campaign) -> list[Missing]:
    """Return what must still be done before the campaign can be published; its team is loaded."""
    return [found for check in CHECKS if (found := check(campaign)) is not None]


@transaction.atomic
def publish(campaign: Campaign) -> None:
    """Publish a draft, or open a closed campaign again.

    The row is locked and read first, so that what was checked is what is published. Raises
    NotReadyError, TransitionError.
    """
    locked = Campaign.objects.select_for_update(of=("self",), no_key=True)
    row = locked.select_related("team").get(pk=campaign.pk)
    if left := missing(row):
        raise NotReadyError(left)
    transitions.advance(row, CampaignState.PUBLISHED, CAMPAIGN_TABLE)
    campaigns.content_changed(row.pk)
    campaigns.moved("campaign.published", row)
    campaign.state = row.state
