"""Staff need a second factor before they come into Django's admin, or into every team's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import ResolverMatch
from django.utils.translation import gettext as _

#: Recovery codes alone are none: they stand in for one of these.
_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
#: These of the admin's own addresses lead in and out.
_DOORS: Final = frozenset({"login", "logout"})

#: A superuser works on every team's campaigns, under the same addresses as the teams.
_TEAMS: Final = "organize/"


def _is_admins(match: ResolverMatch) -> bool:
    return "admin" in match.namespaces and match.url_name not in _DOORS


class StaffSecondFactorMiddleware:
    """Sends staff without a second factor to the page where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; what is refused is refused before the view, below."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        """Refuse these pages to staff who sign in by one factor alone.

        Asked at each request: taking the factor away shuts them with the next one.
        """
        del view, args, kwargs
        match, user = request.resolver_match, request.user
        if not settings.REQUIRE_STAFF_SECOND_FACTOR or match is None or not user.is_active:
            return None
        opened = (_is_admins(match) and getattr(user, "is_staff", False)) or (
            match.route.startswith(_TEAMS) and getattr(user, "is_superuser", False)
        )
        if not opened or is_mfa_enabled(user, _FACTORS):
            return None
        told = _(
            "The administration opens with a second factor only: set up an authenticator app or a "
            "passkey here, then go back to it."
        )
        messages.warning(request, told)
        return redirect("mfa_index")
