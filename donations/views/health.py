"""The house for those who run it: a page for admins, and the same as metrics for Prometheus."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations.models import Alarm, Heartbeat, InvariantCheck
from donations.services.health import checks, heartbeats, metrics
from donations.services.health.shapes import Reading
from donations.views import health_words
from fundraiser.core import clock


@login_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Every check with its value, threshold and what to do; for the site's admins alone."""
    if not getattr(request.user, "is_superuser", False):
        raise Http404
    now = clock.now()
    since = dict(Alarm.objects.filter(ended_at=None).values_list("check_name", "raised_at"))
    lines = [{**_line(one), "since": since.get(one.check.name)} for one in checks.measure(now)]
    last = InvariantCheck.objects.order_by("-finished_at").first()
    context = {
        "red": [one for one in lines if not one["ok"]],
        "green": [one for one in lines if one["ok"]],
        "broken": last.promises.splitlines() if last else [],
        "now": now,
        "has_backups": bool(settings.BACKUPS.to),
        "processes": [
            {
                "kind": row.kind,
                "host": row.host,
                "pid": row.pid,
                "silent_for": health_words.duration((now - row.beat_at).total_seconds()),
                "is_silent": now - row.beat_at > heartbeats.SILENT,
                "up_for": health_words.duration((row.beat_at - row.started_at).total_seconds()),
            }
            for row in Heartbeat.objects.order_by("kind", "host", "pid")
        ],
    }
    return render(request, "organize/health.html", context)


def _line(one: Reading) -> dict[str, Any]:
    return {
        "name": one.check.name,
        "ok": one.ok,
        "title": one.check.title,
        "value": health_words.value(one),
        "threshold": health_words.threshold(one.check),
        "advice": one.check.advice,
    }


@never_cache
@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """The same as Prometheus' text, to who has METRICS_TOKEN; without that setting not there."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(token, settings.METRICS_TOKEN):
        refusal = HttpResponse("a bearer token is needed\n", status=401, content_type="text/plain")
        refusal["WWW-Authenticate"] = "Bearer"
        return refusal
    return HttpResponse(metrics.exposition(clock.now()), content_type=metrics.CONTENT_TYPE)
