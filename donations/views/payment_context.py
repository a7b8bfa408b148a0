"""What the pages of connected accounts show: plain values, in one language."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from donations.models import ConnectedAccount
from donations.services import account_readiness
from donations.services.connecting import doors, places, requirement_words
from donations.states import Disconnection, Holder
from donations.views.organize_campaign import campaign_context
from donations.views.payment_forms import ConnectForm, PlaceForm
from events.models import Campaign
from events.services import access
from events.services.mails.emails import absolute


def page(
    request: HttpRequest,
    campaign: Campaign,
    *,
    form: PlaceForm | None = None,
    connect_form: ConnectForm | None = None,
) -> dict[str, Any]:
    """Return what templates/organize/payments.html wants."""
    current = account_readiness.account_of(campaign)
    accounts = list(doors.of_team(campaign))
    return {
        **campaign_context(request, campaign, "payments"),
        "is_owner": access.is_owner(request.user, campaign),
        "is_fixed": places.is_fixed(campaign),
        "form": form or PlaceForm(campaign=campaign),
        "accounts": [_row(one, campaign, is_used=one == current) for one in accounts],
        "connect_forms": _connect_forms(campaign, accounts, connect_form),
        "connect_errors": connect_form,
        "problems": account_readiness.problems(campaign),
        "team_name": campaign.team.name,
        "unknown_account": campaign.stripe_account if current is None else "",
        "came_back": _came_back(request, accounts),
        "was_late": "late" in request.GET,
    }


def _connect_forms(
    campaign: Campaign, accounts: list[ConnectedAccount], typed: ConnectForm | None
) -> list[ConnectForm]:
    """Return the forms for the accounts that are still to be connected: the charity's first."""
    live = {(one.holder, one.name) for one in accounts if one.is_connected}
    holders = ((Holder.CHARITY, campaign.charity_name), (Holder.TEAM, campaign.team.name))
    wanted = [holder for holder, name in holders if (holder, name) not in live]
    asked = str(typed.data.get("holder", "")) if typed else ""
    return [
        typed if typed and asked == holder else ConnectForm(campaign=campaign, holder=holder)
        for holder in wanted
    ]


def _came_back(request: HttpRequest, accounts: list[ConnectedAccount]) -> UUID | None:
    """Return the account from whose page at Stripe somebody comes back."""
    asked = request.GET.get("back", "")
    return next((one.public_id for one in accounts if str(one.public_id) == asked), None)


def _row(account: ConnectedAccount, campaign: Campaign, *, is_used: bool) -> dict[str, Any]:
    link = absolute(reverse("onboarding", args=[doors.account_link(account)]))
    return {
        "account": account,
        "is_used": is_used,
        "link": link if account.is_connected and account.link_used_at is None else "",
        "can_return": account.disconnected_by == Disconnection.ORGANIZER,
        "urls": {
            name: reverse(f"campaign_account_{name}", args=[campaign.public_id, account.public_id])
            for name in ("onboard", "check", "link", "disconnect", "reconnect")
        },
        **state(account),
    }


def state(account: ConnectedAccount) -> dict[str, Any]:
    """Return how an account stands, in words: what is missing, and what Stripe looks at."""
    return {
        "state": _state_of(account),
        "missing": requirement_words.missing(account.requirements),
        "pending": requirement_words.missing(account.pending),
        "held_back": requirement_words.why_disabled(account.disabled_reason),
        "currencies": ", ".join(account.currencies),
    }


def _state_of(account: ConnectedAccount) -> str:
    if account.disconnected_at is not None:
        return "disconnected"
    if account.charges_enabled:
        return "asked" if account.requirements else "ready"
    return "waits" if account.details_submitted and not account.requirements else "missing"
