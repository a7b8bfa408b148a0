"""Stripe's webhooks: verify the bytes, store, commit, answer; nothing else in the request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from donations.gateway import SignatureError
from donations.gateway.stripe import for_visitors
from donations.services import inbox
from fundraiser.core.failpoints import reached


def _receive(request: HttpRequest, *, connect: bool) -> HttpResponse:
    signature = request.headers.get("Stripe-Signature", "")
    try:
        event = for_visitors().read_delivery(request.body, signature, connect=connect)
    except SignatureError:
        return HttpResponse("signature not accepted\n", status=400, content_type="text/plain")
    reached("intake:verified")
    inbox.receive(event)
    return HttpResponse("stored\n", content_type="text/plain")


@csrf_exempt
@require_POST
def account(request: HttpRequest) -> HttpResponse:
    """Events of the site's own account."""
    return _receive(request, connect=False)


@csrf_exempt
@require_POST
def connect(request: HttpRequest) -> HttpResponse:
    """Events of connected accounts; each names its account."""
    return _receive(request, connect=True)
