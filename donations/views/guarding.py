"""What a visitor is told who cannot go on to paying; what was typed stays in the form."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from donations.services import account_readiness, checkout
from donations.services.abuse import blocking, limits
from events.services.seating import seats
from fundraiser.core.http import client_address

#: What keeps a form from going on, each with a page that says what to do: ``refused``.
REFUSALS: Final = (
    blocking.BlockedError,
    limits.TooManyError,
    seats.ClosedError,
    account_readiness.PausedError,
    account_readiness.PlaceMovedError,
    checkout.UnreachableError,
)


def refused(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: Exception
) -> HttpResponse:
    """Return the page of a refusal. ``template`` shows the form that ``context`` has."""
    if isinstance(refusal, blocking.BlockedError):
        return blocked(request, context)
    if isinstance(refusal, limits.TooManyError):
        return _too_many(request, template, context, refusal)
    if isinstance(refusal, seats.ClosedError | account_readiness.PausedError):
        return _closed(request, context, refusal)
    return _unreachable(request, context)


def refuse_blocked(request: HttpRequest, email: str) -> None:
    """Raise blocking.BlockedError where the address or the visitor's network is blocked."""
    blocking.refuse(email=email, client=client_address(request))


def blocked(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """An admin of the site blocked the address or the network: said plainly, without why."""
    return render(request, "checkout/blocked.html", context, status=403)


def _too_many(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: limits.TooManyError
) -> HttpResponse:
    """Too much was begun and not finished: the form again, with how long to wait."""
    seconds = refusal.seconds
    told = {**context, "wait_minutes": -(-seconds // 60)}
    told |= {
        "by_mail": isinstance(refusal, limits.AddressBusyError),
        "without_money": isinstance(refusal, limits.PlacesTakenError),
    }
    answer = render(request, template, told, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def _closed(request: HttpRequest, context: dict[str, Any], refusal: Exception) -> HttpResponse:
    """Too late, or the campaign's Stripe account takes no payments now: a page that says which."""
    if isinstance(refusal, account_readiness.PausedError):
        site = isinstance(refusal, account_readiness.SitePausedError)
        context = {**context, "paused": True, "site_paused": site}
    return render(request, "checkout/closed.html", context, status=409)


def _unreachable(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Stripe did not answer: a page whose button sends the same form again, nonce included."""
    again = {**context, "retry_url": request.path, "retry_fields": request.POST.dict()}
    return render(request, "checkout/unreachable.html", again, status=503)
