"""What goes wrong, as problem+json (RFC 9457): one shape for every refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

CONTENT_TYPE: Final = "application/problem+json"


class FieldError(Schema):
    """What is wrong with one part of a request. ``field`` is its name, with dots inwards."""

    field: str
    message: str


class Problem(Schema):
    """Why a request was refused. ``code`` is stable; ``detail`` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] | None = None


#: The refusals that any address may answer.
ANY: Final = frozenset({400, 401, 403, 404, 422, 429})


class RefusedError(Exception):
    """A refusal, as it is answered."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers = errors, headers or {}

    def answer(self) -> HttpResponse:
        """Return it as a response."""
        content: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            content["errors"] = [
                {"field": field, "message": message} for field, message in self.errors
            ]
        return HttpResponse(
            json.dumps(content, ensure_ascii=False),
            status=self.status,
            content_type=CONTENT_TYPE,
            headers=dict(self.headers),
        )


def unauthorized() -> RefusedError:
    """Return the refusal of who comes without a token that counts."""
    detail = "Send a token that is neither revoked nor expired: Authorization: Bearer frt_…"
    return RefusedError(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})


def not_found() -> RefusedError:
    """Return the refusal of what is not there, or is another team's."""
    return RefusedError(404, "not_found", "There is nothing of this name that your team may see.")


def method_not_allowed(allowed: str) -> RefusedError:
    """Return the refusal of a method that an address does not know."""
    detail = "This address does not know the method."
    return RefusedError(405, "method_not_allowed", detail, headers={"Allow": allowed})


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    found = [(_name(one["loc"]), str(one["msg"])) for one in error.errors]
    detail = "Some values cannot be taken."
    return RefusedError(422, "invalid", detail, errors=found).answer()


def _name(location: Sequence[Any]) -> str:
    """Return a field's name; where it stands (body, query) and the body's own name say nothing."""
    parts = [str(one) for one in location]
    inner = parts[2:] if parts[:1] == ["body"] else parts[1:]
    return ".".join(inner or parts[-1:])


def _refused(_request: HttpRequest, error: Any) -> HttpResponse:
    refused: RefusedError = error
    return refused.answer()


def _http_error(_request: HttpRequest, error: Any) -> HttpResponse:
    if error.status_code == 401:
        return unauthorized().answer()
    return RefusedError(error.status_code, "unreadable", str(error)).answer()


def install(api: NinjaAPI) -> None:
    """Let every refusal of ``api`` have this shape."""
    forbidden = RefusedError(403, "forbidden", "The token’s maker may not do this in the team.")
    too_big = RefusedError(413, "too_large", "The body is too large.")
    api.add_exception_handler(RefusedError, _refused)
    api.add_exception_handler(Http404, lambda _request, _error: not_found().answer())
    api.add_exception_handler(PermissionDenied, lambda _request, _error: forbidden.answer())
    api.add_exception_handler(RequestDataTooBig, lambda _request, _error: too_big.answer())
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _http_error)
