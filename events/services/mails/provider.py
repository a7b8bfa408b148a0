"""What a mail carries so that its provider can name it in what it tells (events/receivers.py)."""

from __future__ import annotations

import json

from django.conf import settings
from django.core.mail import EmailMultiAlternatives


def identify(mail: EmailMultiAlternatives, message_id: str) -> None:
    """Let the provider, where there is one, tell ``message_id`` back with each event."""
    if not settings.ANYMAIL_PROVIDER:
        return
    if settings.EMAIL_BACKEND.startswith("anymail."):
        vars(mail)["metadata"] = {"message": message_id}  # an attribute of django-anymail's own
    else:
        mail.extra_headers.update(_told_back(settings.ANYMAIL_PROVIDER, message_id))


def _told_back(provider: str, message_id: str) -> dict[str, str]:
    """Return the header by which a provider tells an id back with each event of an SMTP mail.

    Those that keep our Message-ID need none. Sources: postmarkapp.com/developer/user-guide
    (custom metadata), sendgrid.com/docs/for-developers/sending-email (unique arguments),
    mailchimp.com/developer/transactional/docs/smtp-integration, developers.sparkpost.com/api/smtp.
    """
    data = {"message": message_id}
    return {
        "postmark": {"X-PM-Metadata-message": message_id},
        "sendgrid": {"X-SMTPAPI": json.dumps({"unique_args": data})},
        "mandrill": {"X-MC-Metadata": json.dumps(data)},
        "sparkpost": {"X-MSYS-API": json.dumps({"metadata": data})},
    }.get(provider, {})
