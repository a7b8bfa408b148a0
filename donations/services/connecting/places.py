"""Where a campaign's money lands: which places there are, and choosing one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from donations.models import ConnectedAccount, Donation, LedgerEntry
from donations.services import account_readiness
from donations.services.connecting import doors
from donations.states import Holder
from events.models import Campaign
from events.states import CampaignState, Destination
from fundraiser.core.errors import ServiceError

SITE = "site"
EXTERNAL = "external"


class FixedError(ServiceError):
    """Money came, or is on its way: the place stays what it is."""

    code = "place_fixed"


class NotReadyError(ServiceError):
    """A published campaign cannot go to a place that takes no money; ``problems`` say why."""

    code = "not_ready"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Place:
    """One place where the money can land. ``key`` is stable: site, external or an account's id."""

    key: str
    destination: Destination
    account: ConnectedAccount | None = None

    @property
    def stripe_account(self) -> str:
        """The id that payments are made with; empty on the site's own account."""
        return (self.account.stripe_account or "") if self.account else ""


def choices(campaign: Campaign) -> list[Place]:
    """Return the places that a campaign's money can land at: only its own team's accounts."""
    places = [
        Place(str(account.public_id), Destination(account.holder), account)
        for account in doors.of_team(campaign)
        if account.is_connected and _suits(account, campaign)
    ]
    if account_readiness.site_account_allowed(campaign.team):
        places.append(Place(SITE, Destination.TEAM))
    return [*places, Place(EXTERNAL, Destination.EXTERNAL)]


def _suits(account: ConnectedAccount, campaign: Campaign) -> bool:
    """Whether it is the account of this campaign's charity, or of the team."""
    return account.holder == Holder.TEAM or account.name == campaign.charity_name


def current(campaign: Campaign) -> str:
    """Return the key of the place that a campaign has; empty where it has none of the choices."""
    if campaign.destination == Destination.EXTERNAL:
        return EXTERNAL
    account = account_readiness.account_of(campaign)
    if account is not None:
        return str(account.public_id)
    return "" if campaign.stripe_account or campaign.destination == Destination.CHARITY else SITE


def is_fixed(campaign: Campaign) -> bool:
    """Return whether money came, or may still come, by the place that a campaign has."""
    payable = Donation.objects.filter(campaign=campaign, session_id__isnull=False)
    live = Donation.objects.filter(campaign=campaign).live()
    posted = LedgerEntry.objects.filter(campaign=campaign)
    return payable.exists() or live.exists() or posted.exists()


def choose(campaign: Campaign, place: Place) -> None:
    """Let a campaign's money land at a place from now on.

    Raises FixedError, or NotReadyError for a published campaign.
    """
    with transaction.atomic():
        # A full lock: an attempt to give holds the row's key until it is stored.
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if (locked.destination, locked.stripe_account) == (place.destination, place.stripe_account):
            return
        if is_fixed(locked):
            raise FixedError(str(campaign.pk))
        locked.destination, locked.stripe_account = place.destination, place.stripe_account
        problems = account_readiness.problems(locked)
        if problems and locked.state == CampaignState.PUBLISHED:
            raise NotReadyError(problems)
        Campaign.objects.filter(pk=locked.pk).update(
            destination=locked.destination,
            stripe_account=locked.stripe_account,
            content_version=F("content_version") + 1,
        )
    campaign.destination, campaign.stripe_account = locked.destination, locked.stripe_account


def take_if_free(campaign: Campaign, account: ConnectedAccount) -> None:
    """Let a draft that has no account yet use the one that was just connected for it."""
    is_free = campaign.state == CampaignState.DRAFT and not campaign.stripe_account
    if is_free and not is_fixed(campaign):
        choose(campaign, Place(str(account.public_id), Destination(account.holder), account))
