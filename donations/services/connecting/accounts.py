"""Connected accounts: asked for once, and always brought to what Stripe says of them now.

The webhook, the page one comes back to, the organizer's button and the reconciler all call
``refresh``.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from donations.gateway import AccountGoneError, AccountState, Gateway, GatewayError
from donations.models import ConnectedAccount
from donations.states import Disconnection, Holder
from events.models import Campaign
from events.services import campaigns
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

logger = logging.getLogger(__name__)

_TRIES: Final = 8
#: The gateway's codes of errors that do not prove that no account was made.
_PERHAPS_MADE: Final = frozenset({"idempotency", "permission"})


class BusyError(ServiceError):
    """Others kept writing what Stripe says of the account: try again later."""

    code = "busy"
    retryable = True


class AnotherConnectedError(ServiceError):
    """Meanwhile the team has connected another account for the same holder."""

    code = "another_connected"


class LinkUsedError(ServiceError):
    """All was handed in by this link already, or the account is disconnected."""

    code = "link_used"


def connect(
    *, campaign: Campaign, holder: Holder, country: str, gateway: Gateway
) -> ConnectedAccount:
    """Return the account of a campaign's charity, or of its team; asked for at Stripe if new.

    A team has one at a time for each holder, so pressing twice makes one. ``country`` is ISO
    3166-1 alpha-2. Raises GatewayError; after one that may be retried, pressing again goes on.
    """
    account = _reserve(campaign, holder, country)
    if account.stripe_account is not None:
        return account
    key = f"account:{account.public_id}"
    try:
        state = gateway.create_account(account.creation_parameters, idempotency_key=key)
    except GatewayError as error:
        if (
            not error.retryable and error.code not in _PERHAPS_MADE
        ):  # Nothing was made: the next try may name another country.
            ConnectedAccount.objects.filter(pk=account.pk, stripe_account=None).delete()
        raise
    asked_at = clock.now()
    rows = ConnectedAccount.objects.filter(pk=account.pk, stripe_account=None)
    rows.update(stripe_account=state.id, version=F("version") + 1, **_values(state, asked_at))
    account.refresh_from_db()
    return account


def _reserve(campaign: Campaign, holder: Holder, country: str) -> ConnectedAccount:
    is_charity = holder == Holder.CHARITY
    name = campaign.charity_name if is_charity else campaign.team.name
    site = campaign.charity_site if is_charity else ""
    account = ConnectedAccount(
        team=campaign.team,
        holder=holder,
        name=name,
        country=country,
        livemode=settings.STRIPE_LIVEMODE,
        created_at=clock.now(),
    )
    account.creation_parameters = _parameters(account, site)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        known = ConnectedAccount.objects.filter(team=campaign.team, holder=holder, name=name)
        return known.get(disconnected_at=None)
    account.refresh_from_db()  # The parameters in the order in which they are stored.
    return account


def _parameters(account: ConnectedAccount, site: str) -> dict[str, Any]:
    """Return what the account is asked for with (docs.stripe.com/connect/design-an-integration).

    Its owner has Stripe's own dashboard, pays Stripe's fees and answers for its balance: the money
    is theirs from the start, and no part of it passes through the site.
    """
    profile = {"name": account.name, **({"url": site} if site else {})}
    return {
        "country": account.country,
        "controller": {
            "stripe_dashboard": {"type": "full"},
            "fees": {"payer": "account"},
            "losses": {"payments": "stripe"},
            "requirement_collection": "stripe",
        },
        "business_profile": profile,
        "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
        "metadata": {"account": str(account.public_id), "team": account.team.slug},
    }


def adopt(campaign: Campaign, *, gateway: Gateway) -> ConnectedAccount:
    """Take over the account that the site's admin wrote into a campaign. Raises GatewayError."""
    asked_at = clock.now()
    state = gateway.fetch_account(campaign.stripe_account)
    holder = Holder(campaign.destination)
    name = campaign.charity_name if holder == Holder.CHARITY else campaign.team.name
    account, _ = ConnectedAccount.objects.get_or_create(
        stripe_account=state.id,
        defaults={
            "team": campaign.team,
            "holder": holder,
            "name": name,
            "livemode": settings.STRIPE_LIVEMODE,
            **_values(state, asked_at),
        },
    )
    return account


def refresh(account_id: int, *, gateway: Gateway) -> ConnectedAccount:
    """Ask Stripe for an account as it stands and write it down; return it.

    1. Read the row's version.
    2. Outside any transaction, fetch the account.
    3. Write it where the version is still the same; else what was fetched may be older: again.

    One that Stripe no longer shows us is disconnected by its owner; one that it shows again is
    connected again. Raises GatewayError or BusyError.
    """
    for _ in range(_TRIES):
        account = ConnectedAccount.objects.get(pk=account_id)
        if account.stripe_account is None:
            return account
        asked_at = clock.now()
        state: AccountState | None
        try:
            state = gateway.fetch_account(account.stripe_account)
        except AccountGoneError:
            state = None
        if _write(account, state, asked_at):
            return ConnectedAccount.objects.get(pk=account_id)
    raise BusyError(str(account_id))


def _write(account: ConnectedAccount, state: AccountState | None, asked_at: datetime) -> bool:
    """Write a snapshot down unless somebody else was quicker; say whether it was written."""
    if state is not None:
        values = _values(state, asked_at) | _back(account)
    else:
        values = {
            "charges_enabled": False,
            "payouts_enabled": False,
            "disconnected_at": account.disconnected_at or clock.now(),
            "disconnected_by": _gone_by(account),
            "checked_at": asked_at,
        }
    if state and state.details_submitted and not account.details_submitted:
        values["link_used_at"] = clock.now()
    watched = ("charges_enabled", "currencies", "disconnected_at")
    with transaction.atomic():
        rows = ConnectedAccount.objects.filter(pk=account.pk, version=account.version)
        if rows.update(version=F("version") + 1, **values) != 1:
            return False
        if any(
            values.get(name, getattr(account, name)) != getattr(account, name) for name in watched
        ):
            _pages_change(account)
    if state is None and not account.disconnected_by:
        logger.warning("account %s was disconnected at Stripe", account.stripe_account)
    return True


def _values(state: AccountState, asked_at: datetime) -> dict[str, Any]:
    return {
        "country": state.country,
        "default_currency": state.default_currency,
        "currencies": list(state.currencies),
        "charges_enabled": state.charges_enabled,
        "payouts_enabled": state.payouts_enabled,
        "details_submitted": state.details_submitted,
        "requirements": list(state.requirements),
        "pending": list(state.pending),
        "due_by": state.due_by,
        "disabled_reason": state.disabled_reason,
        "checked_at": asked_at,
    }


def _gone_by(account: ConnectedAccount) -> Disconnection:
    """Return who ended what Stripe no longer shows; the team's own decision is not forgotten."""
    ended_here = account.disconnected_by in (Disconnection.ORGANIZER, Disconnection.BOTH)
    return Disconnection.BOTH if ended_here else Disconnection.STRIPE


def _back(account: ConnectedAccount) -> dict[str, Any]:
    """Return what changes where Stripe shows an account again; what the team ended stays so."""
    if account.disconnected_by == Disconnection.BOTH:
        return {"disconnected_by": Disconnection.ORGANIZER}
    if account.disconnected_by != Disconnection.STRIPE:
        return {}
    if _has_successor(account):
        return {"disconnected_by": Disconnection.ORGANIZER}
    return {"disconnected_at": None, "disconnected_by": ""}


def _has_successor(account: ConnectedAccount) -> bool:
    rows = ConnectedAccount.objects.filter(
        team=account.team_id, holder=account.holder, name=account.name, disconnected_at=None
    )
    return rows.exclude(pk=account.pk).exists()


def _pages_change(account: ConnectedAccount) -> None:
    """Let the public pages of an account's campaigns be made anew."""
    used = Campaign.objects.filter(stripe_account=account.stripe_account or "-")
    for pk in used.values_list("pk", flat=True):
        campaigns.content_changed(pk)


def disconnect(account_id: int) -> None:
    """Stop using an account here: its campaigns take no gifts from now on.

    At Stripe nothing changes: accounts with a dashboard of their own are their owners' to end
    (docs.stripe.com/api/accounts/delete), and refunds of what was given stay possible.
    """
    with transaction.atomic():
        rows = ConnectedAccount.objects.filter(pk=account_id, disconnected_at=None)
        if rows.update(
            disconnected_at=clock.now(),
            disconnected_by=Disconnection.ORGANIZER,
            version=F("version") + 1,
        ):
            _pages_change(ConnectedAccount.objects.get(pk=account_id))


def reconnect(account_id: int, *, gateway: Gateway) -> ConnectedAccount:
    """Use an account again that the team ended here, if Stripe still shows it.

    Raises AnotherConnectedError, GatewayError or BusyError.
    """
    account = refresh(account_id, gateway=gateway)
    if account.disconnected_by != Disconnection.ORGANIZER:
        return account
    try:
        with transaction.atomic():
            rows = ConnectedAccount.objects.filter(pk=account_id, version=account.version)
            rows.update(disconnected_at=None, disconnected_by="", version=F("version") + 1)
            _pages_change(account)
    except IntegrityError as error:
        raise AnotherConnectedError(account.name) from error
    account.refresh_from_db()
    return account


def renew_link(account_id: int) -> None:
    """Make the link for the account's officer another one, unused; the old one ends."""
    rows = ConnectedAccount.objects.filter(pk=account_id)
    rows.update(link_version=F("link_version") + 1, link_used_at=None)


def onboarding_url(
    account: ConnectedAccount, *, return_url: str, refresh_url: str, gateway: Gateway
) -> str:
    """Return the address of Stripe's page that asks for what is missing; good for minutes.

    Raises LinkUsedError where the account is not connected, AccountGoneError or GatewayError.
    """
    if not account.is_connected or account.stripe_account is None:
        raise LinkUsedError(account.name)
    return gateway.onboarding_url(
        account.stripe_account, return_url=return_url, refresh_url=refresh_url
    )
