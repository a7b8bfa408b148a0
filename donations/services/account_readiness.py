"""Whether the account that takes a campaign's money can take it, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from donations.models import ConnectedAccount
from donations.services import modes
from donations.services.abuse import pausing
from donations.states import Holder
from events.models import Campaign, Team
from events.states import Destination
from fundraiser.core.errors import ServiceError


class PausedError(ServiceError):
    """The campaign's account cannot take payments now."""

    code = "paused"


class SitePausedError(PausedError):
    """The site takes no money at all for now."""

    code = "site_paused"


class PlaceMovedError(ServiceError):
    """Where the money lands was changed while somebody began to give."""

    code = "place_moved"
    retryable = True


def account_of(campaign: Campaign) -> ConnectedAccount | None:
    """Return the connected account of a campaign, if it has one that we know."""
    if not campaign.stripe_account:
        return None
    return ConnectedAccount.objects.filter(stripe_account=campaign.stripe_account).first()


def problems(campaign: Campaign) -> list[str]:
    """Return, one sentence each, what stands between a campaign and taking money.

    An account that the site's admin wrote in, and that nobody has looked up at Stripe, is believed.
    """
    if campaign.destination == Destination.EXTERNAL:
        return []
    if campaign.test_mode:
        return [] if modes.is_offered() else [_("This site has no test keys of Stripe any more.")]
    if not campaign.stripe_account:
        return _without_account(campaign)
    account = account_of(campaign)
    return [] if account is None else list(of_account(account, campaign))


def is_paused(campaign: Campaign) -> bool:
    """Return whether a campaign's connected account cannot take payments now."""
    if campaign.test_mode:
        return not modes.is_offered()
    account = account_of(campaign)
    return account is not None and any(of_account(account, campaign))


def refuse_paused(campaign: Campaign) -> None:
    """Raise PausedError where the site, or a campaign's connected account, takes no payments."""
    if pausing.is_on_for(campaign):
        raise SitePausedError(str(campaign.pk))
    if is_paused(campaign):
        raise PausedError(str(campaign.pk))


def site_account_allowed(team: Team) -> bool:
    """Return whether a team may use the site's own account: by approval, or as the only one.

    Where anybody may open a team, being the first one tells nothing of who it is.
    """
    if settings.TEAM_OPENING == "open":
        return team.site_account_approved
    return team.site_account_approved or not Team.objects.exclude(pk=team.pk).exists()


def _without_account(campaign: Campaign) -> list[str]:
    if campaign.destination == Destination.CHARITY:
        return [_("Connect the charity’s Stripe account, or choose another way of the money.")]
    if site_account_allowed(campaign.team):
        return []
    return [_("Connect your team’s Stripe account: the site’s own is not open to your team.")]


def of_account(account: ConnectedAccount, campaign: Campaign) -> Iterator[str]:
    """Yield what keeps an account from taking a campaign's money, one sentence each."""
    about = {
        "name": account.name,
        "currency": campaign.currency,
        "currencies": ", ".join(account.currencies),
    }
    if not _is_for(account, campaign):
        yield _("The Stripe account of %(name)s is not one for this campaign.") % about
    if account.livemode != settings.STRIPE_LIVEMODE:
        yield _("The Stripe account of %(name)s is one of Stripe’s other mode.") % about
    if account.disconnected_at is not None:
        yield _("The Stripe account of %(name)s is disconnected.") % about
    elif not account.details_submitted:
        yield _("%(name)s has not finished filling in its Stripe account.") % about
    elif not account.charges_enabled:
        yield _("Stripe does not let the account of %(name)s take payments now.") % about
    if account.currencies and campaign.currency not in account.currencies:
        yield (
            _(
                "The account of %(name)s settles in %(currencies)s, not in %(currency)s: choose "
                "another currency, or let its owner add a bank account in %(currency)s at Stripe."
            )
            % about
        )


def _is_for(account: ConnectedAccount, campaign: Campaign) -> bool:
    """Whether it is the account of this campaign's team, or of its very charity."""
    if account.team_id != campaign.team_id or account.holder != campaign.destination:
        return False
    return account.holder == Holder.TEAM or account.name == campaign.charity_name


def hold_place(campaign: Campaign) -> None:
    """Keep where a campaign's money lands as it is until the transaction ends.

    Whoever changes it locks the row (connecting/places.py), and waits for us or sees our donation.
    Raises PlaceMovedError where it is no longer what ``campaign`` says.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT destination, stripe_account FROM events_campaign WHERE id = %s FOR KEY SHARE",
            [campaign.pk],
        )
        if cursor.fetchone() != (campaign.destination, campaign.stripe_account):
            raise PlaceMovedError(str(campaign.pk))
