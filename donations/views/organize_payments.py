"""An organizer's page of where a campaign's money lands, and of the Stripe accounts for it.

Organizers see it; only owners connect, choose and disconnect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from donations.gateway import AccountGoneError, GatewayError
from donations.gateway.stripe import for_visitors
from donations.models import ConnectedAccount
from donations.services import account_readiness
from donations.services.connecting import accounts, doors, places
from donations.states import Holder
from donations.views import payment_context
from donations.views.organize_campaign import campaign_context
from donations.views.payment_forms import ConnectForm, PlaceForm
from events.models import Campaign
from events.services import access
from events.services.mails.emails import absolute
from events.states import Role

_PAGE = "organize/payments.html"
_OWNERS = (Role.OWNER,)


def _owned(request: HttpRequest, public_id: UUID) -> Campaign:
    """Return a campaign whose account an owner chooses; Http404 where it is that of test mode."""
    campaign = access.campaign_for_member(request.user, public_id, _OWNERS)
    if campaign.test_mode:
        raise Http404
    return campaign


def _owned_account(
    request: HttpRequest, public_id: UUID, account_id: UUID
) -> tuple[Campaign, ConnectedAccount]:
    campaign = _owned(request, public_id)
    return campaign, doors.account_of_team(campaign, account_id)


def _show(
    request: HttpRequest, campaign: Campaign, *, status: int = 200, **forms: Any
) -> HttpResponse:
    context = payment_context.page(request, campaign, **forms)
    return render(request, _PAGE, context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_payments(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The ways of the money, the accounts, and what is missing; POST chooses a way."""
    if request.method != "POST":
        campaign = access.campaign_for_member(request.user, public_id)
        if campaign.test_mode:
            context = campaign_context(request, campaign, "payments")
            context["problems"] = account_readiness.problems(campaign)
            return render(request, "organize/payments_test.html", context)
        return _show(request, campaign)
    campaign = _owned(request, public_id)
    form = PlaceForm(request.POST, campaign=campaign)
    if not form.is_valid():
        return _show(request, campaign, status=422, form=form)
    try:
        places.choose(campaign, form.chosen())
    except places.FixedError:
        form.add_error("place", _("Money came already, so that this can no longer change."))
        return _show(request, campaign, status=422, form=form)
    except places.NotReadyError as error:
        for problem in error.problems:
            form.add_error("place", problem)
        return _show(request, campaign, status=422, form=form)
    messages.success(request, _("Saved. Gifts go there from now on."))
    return redirect("campaign_payments", public_id=public_id)


@login_required
@require_POST
def campaign_connect(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask Stripe for the account of the charity or the team, and go on to fill it in."""
    campaign = _owned(request, public_id)
    form = ConnectForm(request.POST, campaign=campaign)
    if not form.is_valid():
        return _show(request, campaign, status=422, connect_form=form)
    holder, country = Holder(form.cleaned_data["holder"]), form.cleaned_data["country"]
    try:
        account = accounts.connect(
            campaign=campaign, holder=holder, country=country, gateway=for_visitors()
        )
    except GatewayError as error:
        if error.retryable:
            return _stripe_silent(request, campaign)
        form.add_error("country", _("Stripe refused: %(reason)s") % {"reason": str(error)[:200]})
        return _show(request, campaign, status=422, connect_form=form)
    places.take_if_free(campaign, account)
    if request.POST.get("then") == "onboard":
        return _to_stripe(request, campaign, account)
    messages.success(request, _("The account is there. Now send its link to whoever signs for it."))
    return redirect("campaign_payments", public_id=public_id)


@login_required
@require_POST
def campaign_account_onboard(
    request: HttpRequest, public_id: UUID, account_id: UUID
) -> HttpResponse:
    """Go to Stripe's page that asks for what is missing."""
    return _to_stripe(request, *_owned_account(request, public_id, account_id))


def _to_stripe(request: HttpRequest, campaign: Campaign, account: ConnectedAccount) -> HttpResponse:
    page = absolute(reverse("campaign_payments", args=[campaign.public_id]))
    back = f"{page}?{urlencode({'back': account.public_id})}"
    try:
        url = accounts.onboarding_url(
            account, return_url=back, refresh_url=f"{page}?late", gateway=for_visitors()
        )
    except (accounts.LinkUsedError, AccountGoneError):
        messages.warning(request, _("This account is disconnected."))
        return redirect("campaign_payments", public_id=campaign.public_id)
    except GatewayError:
        return _stripe_silent(request, campaign)
    return redirect(url)


def _stripe_silent(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Say that Stripe did not answer; every button there may be pressed again."""
    messages.error(
        request, _("Stripe does not answer right now. Press the button again in a minute.")
    )
    return _show(request, campaign, status=503)


def _asking(
    request: HttpRequest, campaign: Campaign, ask: Callable[[], ConnectedAccount]
) -> HttpResponse:
    """Ask Stripe about an account and say what came of it."""
    try:
        account = ask()
    except accounts.AnotherConnectedError:
        messages.error(request, _("Another account of the same holder is connected by now."))
    except AccountGoneError:
        messages.error(request, _("Stripe does not show us this account."))
    except (GatewayError, accounts.BusyError):
        return _stripe_silent(request, campaign)
    else:
        _tell(request, account)
    return redirect("campaign_payments", public_id=campaign.public_id)


def _tell(request: HttpRequest, account: ConnectedAccount) -> None:
    told = {"name": account.name}
    if account.disconnected_at is not None:
        messages.warning(request, _("The account of %(name)s is disconnected.") % told)
    elif account.charges_enabled:
        messages.success(request, _("The account of %(name)s can take gifts.") % told)
    else:
        messages.info(request, _("Looked up at Stripe: something is still missing, see below."))


@login_required
@require_POST
def campaign_account_check(request: HttpRequest, public_id: UUID, account_id: UUID) -> HttpResponse:
    """Ask Stripe how an account stands."""
    campaign = access.campaign_for_member(request.user, public_id)
    account = doors.account_of_team(campaign, account_id)
    return _asking(request, campaign, lambda: accounts.refresh(account.pk, gateway=for_visitors()))


@login_required
@require_POST
def campaign_look_up(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take over the account that the site's admin wrote into the campaign."""
    campaign = _owned(request, public_id)
    if not campaign.stripe_account:
        return redirect("campaign_payments", public_id=public_id)
    return _asking(request, campaign, lambda: accounts.adopt(campaign, gateway=for_visitors()))


@login_required
@require_POST
def campaign_account_link(request: HttpRequest, public_id: UUID, account_id: UUID) -> HttpResponse:
    """Make a new link for the account's officer."""
    _campaign, account = _owned_account(request, public_id, account_id)
    if accounts.renew_link(account.pk):
        messages.success(request, _("There is a new link. The old one does not work any more."))
    else:
        messages.info(request, _("Everything was handed in: no link is needed any more."))
    return redirect("campaign_payments", public_id=public_id)


@login_required
@require_POST
def campaign_account_disconnect(
    request: HttpRequest, public_id: UUID, account_id: UUID
) -> HttpResponse:
    """Stop using an account here."""
    _campaign, account = _owned_account(request, public_id, account_id)
    accounts.disconnect(account.pk)
    messages.success(
        request, _("Disconnected. Campaigns with this account take no gifts any more.")
    )
    return redirect("campaign_payments", public_id=public_id)


@login_required
@require_POST
def campaign_account_reconnect(
    request: HttpRequest, public_id: UUID, account_id: UUID
) -> HttpResponse:
    """Use an account again that was disconnected here."""
    campaign, account = _owned_account(request, public_id, account_id)
    return _asking(
        request, campaign, lambda: accounts.reconnect(account.pk, gateway=for_visitors())
    )
