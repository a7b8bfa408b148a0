"""Where the mail provider tells what became of our mails (django-anymail's webhooks)."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from anymail.signals import tracking
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

logger = logging.getLogger(__name__)


# The provider proves itself by ANYMAIL_WEBHOOK_SECRET and, where it has one, by its signature.
@csrf_exempt
@require_http_methods(["HEAD", "POST"])  # some providers try an address by HEAD
def mail_events(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Take a provider's events; 404 for another than ours, 400 for what it did not send."""
    if provider != settings.ANYMAIL_PROVIDER or not settings.ANYMAIL_WEBHOOK_SECRET:
        raise Http404
    try:
        answer: HttpResponseBase = _view(provider)(request)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        logger.warning("a mail event that cannot be read: %s", type(error).__name__)
        return HttpResponse("cannot be read\n", status=400, content_type="text/plain")
    return answer


def _view(provider: str) -> Any:
    """Return django-anymail's view for a provider; imported late, since each brings its own."""
    module = import_module(f"anymail.webhooks.{provider}")
    (view,) = [
        one
        for name, one in vars(module).items()
        if name.endswith("TrackingWebhookView")
        and one.__module__ == module.__name__
        and one.signal is tracking
    ]
    return view.as_view()
