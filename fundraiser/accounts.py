"""Who may open an account here, and how an address is proven."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.translation import gettext as _

from events.services import invitations
from fundraiser.core.http import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is closed unless OPEN_REGISTRATION says otherwise, or an invitation opens it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether this visitor may make an account."""
        return bool(settings.OPEN_REGISTRATION) or bool(self._invited(request))

    def clean_email(self, email: str) -> str:
        """Refuse another address than the invited one where sign-up is closed otherwise."""
        invited = "" if settings.OPEN_REGISTRATION else self._invited(self.request)
        if invited and email.lower() != invited.lower():
            told = _("The invitation is for %(email)s: please use that address.")
            raise ValidationError(told % {"email": invited})
        return str(super().clean_email(email))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the visitor's address as every other part of the site knows it."""
        return client_address(request)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Return a mail of an account under the site's own name, not that of its host."""
        site = SimpleNamespace(name=settings.SITE_NAME, domain=urlsplit(settings.SITE_URL).netloc)
        named = {**context, "current_site": site}
        made: EmailMessage = super().render_mail(template_prefix, email, named, headers)
        return made

    def _invited(self, request: HttpRequest) -> str:
        """Return the address of the invitation that this visitor has just accepted, or nothing.

        Somebody who is signed in changes an address, and needs no invitation for it.
        """
        number = request.session.get(invitations.SESSION_KEY, "")
        if not number or request.user.is_authenticated:
            return ""
        return invitations.address_of(UUID(number))
