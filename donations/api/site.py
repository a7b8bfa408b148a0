"""The API put together: its addresses, and what it says of itself (OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from donations.api import (
    exporting,
    payloads,
    problems,
    reading,  # noqa: F401 -- it fills the router
    writing,  # noqa: F401 -- so does it
)
from donations.api.routing import router

PREFIX: Final = "api/v1/"

api = NinjaAPI(
    title="Fundraiser",
    version="1",
    description="Campaigns, workshops, registrations, donations, totals and exports of one team.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
api.add_router("", router)
problems.install(api)

_View = Callable[..., HttpResponseBase]


def _guarded(view: _View) -> _View:
    """Answer HEAD as GET, keep answers out of caches, and refuse unknown methods as a problem."""

    @wraps(view)
    def guarded(request: HttpRequest, **values: Any) -> HttpResponseBase:
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"  # the server sends no body
        answer = view(request, **values)
        if is_head:
            request.method = "HEAD"
        if isinstance(answer, HttpResponseNotAllowed):
            answer = problems.method_not_allowed(answer.headers["Allow"]).answer()
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return csrf_exempt(guarded)


def patterns() -> list[URLPattern]:
    """Return the addresses: those of the API, its description, and a refusal for all others."""
    found: dict[str, URLPattern] = {}
    for one in api.urls[0]:
        if isinstance(one, URLPattern) and one.name != "api-root":
            route = PREFIX + str(one.pattern)
            found.setdefault(route, path(route, _guarded(one.callback), name=one.name))
    return [
        *found.values(),
        path(f"{PREFIX}openapi.json", _guarded(openapi), name="api_openapi"),
        re_path(rf"^{PREFIX}.*", _guarded(_nowhere), name="api_nowhere"),
    ]


def _nowhere(_request: HttpRequest) -> HttpResponse:
    return problems.not_found().answer()


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description that programs read; anybody may, from any site."""
    del request
    answer = JsonResponse(description())
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI description, in which refusals and files have their own types."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=PREFIX)
    found["servers"] = [{"url": settings.SITE_URL}]
    for address, methods in found["paths"].items():
        for operation in methods.values():
            answers = operation["responses"]
            answers[405] = {
                "description": "Method Not Allowed",
                "content": {"application/json": answers[404]["content"]["application/json"]},
            }
            for status, answer in answers.items():
                if int(status) >= 400:
                    answer["content"] = {
                        problems.CONTENT_TYPE: answer["content"]["application/json"]
                    }
            if address.endswith("/file"):
                types = exporting.CONTENT_TYPES.values()
                answers[200]["content"] = {one: {} for one in types}
    payloads.describe(found)
    return found
