"""The mail provider's settings: how mails are sent, and who may tell us what became of them.

Every setting of django-anymail is read from the variable of its own name, e.g.
ANYMAIL_POSTMARK_SERVER_TOKEN, or from the file that ANYMAIL_POSTMARK_SERVER_TOKEN_FILE names
(anymail.dev/en/stable/esps).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pkgutil import iter_modules
from typing import Any, Final

import environ
from anymail import webhooks

#: EMAIL_URL for sending by the provider's API instead of SMTP.
BY_API: Final = "anymail:"
_PREFIX: Final = "ANYMAIL_"


def anymail(env: environ.Env) -> dict[str, str]:
    """Return django-anymail's other settings by their short names: {"MAILGUN_API_KEY": …}."""
    given = {name.removesuffix("_FILE") for name in os.environ if name.startswith(_PREFIX)}
    given -= {"ANYMAIL_PROVIDER", "ANYMAIL_WEBHOOK_SECRET"}
    return {name.removeprefix(_PREFIX): env.str(name) for name in given}


def email_config(url: str, provider: str) -> dict[str, Any]:
    """Return Django's EMAIL settings for EMAIL_URL."""
    if url == BY_API:
        return {"EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend"}
    config: dict[str, Any] = environ.Env.email_url_config(url)
    return config


def contradictions(
    *, provider: str, secret: str, backend: str, others: Mapping[str, str]
) -> Iterator[str]:
    """Yield one sentence for each setting of a provider that cannot be right."""
    known = {name for _, name, _ in iter_modules(webhooks.__path__)} - {"base"}
    if provider and provider not in known:
        yield f"ANYMAIL_PROVIDER is none that is known: {', '.join(sorted(known))}."
    if not provider and (secret or others or backend.startswith("anymail.")):
        yield "ANYMAIL_PROVIDER is not set: name the provider, e.g. postmark."
    if provider and ":" not in secret:
        yield (
            "ANYMAIL_WEBHOOK_SECRET is not set: two random words, user:password, which "
            "the provider sends with what it tells."
        )
