"""Who asks: a token in the Authorization header, and what it was made for."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from donations.api.problems import RefusedError, unauthorized
from donations.services import api_tokens
from donations.services.api_tokens import Caller
from fundraiser.core import history


class Token(HttpBearer):
    """Lets a token in that has a scope, and for ``editor`` one whose maker is no mere viewer."""

    def __init__(self, scope: str, *, editor: bool = False) -> None:
        super().__init__()
        self._scope, self._editor = scope, editor

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Return for whom the token acts. Raises RefusedError."""
        del request
        try:
            caller = api_tokens.caller(token)
        except api_tokens.UnknownTokenError as error:
            raise unauthorized() from error
        except api_tokens.NoRightError as error:
            detail = "The token’s maker is not on the team any more, or the team is suspended."
            raise RefusedError(403, "no_right", detail) from error
        except api_tokens.TooManyRequestsError as error:
            detail = "Too many requests within a minute. Wait for the next one."
            headers = {"Retry-After": "60"}
            raise RefusedError(429, "too_many_requests", detail, headers=headers) from error
        history.note(by="program", user=caller.token.user_id)
        need(caller, self._scope)
        if self._editor and not caller.is_editor:
            raise RefusedError(403, "no_right", "A viewer of the team sees numbers alone.")
        return caller


def need(caller: Caller, scope: str) -> None:
    """Raise RefusedError where a token was not made for ``scope``."""
    if scope not in caller.token.scopes:
        raise RefusedError(403, "no_scope", f"The token was not made for {scope}.")


def caller_of(request: HttpRequest) -> Caller:
    """Return for whom a request acts, which was let in."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    return caller
