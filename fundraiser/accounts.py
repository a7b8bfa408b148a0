"""Who may open an account here, and how an address is proven."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from events.services import invitations
from events.services.mails import caps
from fundraiser.core.http import client_address

logger = logging.getLogger(__name__)


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

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail of an account, unless a stranger's address has had its number for the day.

        One that is not sent is written and taken to the mail server's door all the same, so that
        nobody can tell by the time which addresses have an account (PROMISES.md 40 and 41).
        """
        verified = EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
        if caps.counts(email, key=uuid4().hex) or verified:
            super().send_mail(template_prefix, email, context)
            return
        logger.warning("mail of an account (%s) not sent: too many that day", template_prefix)
        self.render_mail(template_prefix, email, {"request": self.request, **context})
        server = get_connection()
        server.open()
        server.close()

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
