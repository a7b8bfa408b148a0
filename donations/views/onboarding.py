"""The pages of whoever signs for a Stripe account: by a link, without an account here."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from donations.gateway import AccountGoneError, GatewayError
from donations.gateway.stripe import for_visitors
from donations.models import ConnectedAccount
from donations.services.connecting import accounts, doors
from donations.views import payment_context
from events.services.mails.emails import absolute

_PAGE = "onboarding/onboarding.html"


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def onboarding(request: HttpRequest, token: str) -> HttpResponse:
    """Who asks, for what, and what is missing; POST goes on to Stripe's page."""
    account = doors.account_for_link(token)
    if request.method != "POST":
        return _show(request, account, token)
    if account.link_used_at is not None:
        return _show(request, account, token, status=409)
    page = absolute(request.path)
    try:
        url = accounts.onboarding_url(
            account, return_url=f"{page}?back", refresh_url=f"{page}?late", gateway=for_visitors()
        )
    except (accounts.LinkUsedError, AccountGoneError):
        return _show(request, account, token, status=409)
    except GatewayError:
        return _show(request, account, token, is_silent=True, status=503)
    return redirect(url)


def _show(
    request: HttpRequest,
    account: ConnectedAccount,
    token: str,
    *,
    is_silent: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "account": account,
        "team": account.team,
        **payment_context.state(account),
        "is_used": account.link_used_at is not None,
        "is_silent": is_silent,
        "came_back": "back" in request.GET,
        "was_late": "late" in request.GET,
        "check_url": reverse("onboarding_check", args=[token]),
    }
    return render(request, _PAGE, context, status=status)


@csrf_exempt
@require_POST
def onboarding_check(request: HttpRequest, token: str) -> HttpResponse:
    """Ask Stripe how the account stands now, and show it."""
    del request
    account = doors.account_for_link(token)
    # If Stripe cannot be asked now, its webhook or the reconciler will tell.
    with suppress(GatewayError, accounts.BusyError):
        accounts.refresh(account.pk, gateway=for_visitors())
    return redirect("onboarding", token=token)
