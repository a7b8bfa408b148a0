"""Settings that contradict each other stop the start, with one sentence naming the variable."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from fundraiser import (
    abuse_settings,
    account_settings,
    backup_settings,
    mail_provider,
    privacy_settings,
    test_mode_settings,
)

_LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}


def contradictions() -> Iterator[str]:
    """Yield one sentence for each setting that cannot be right."""
    if not settings.STRIPE_SECRET_KEY.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
        yield "STRIPE_SECRET_KEY is no Stripe secret key: it starts with sk_test_ or sk_live_."
    if settings.STRIPE_LIVEMODE and settings.STRIPE_IS_LOCAL:
        yield (
            "STRIPE_API_BASE is not Stripe's while STRIPE_SECRET_KEY is a live key: "
            "unset STRIPE_API_BASE, or use a test key."
        )
    if not settings.STRIPE_WEBHOOK_SECRETS:
        yield "STRIPE_WEBHOOK_SECRET is not set: the signing secret of the webhook, whsec_…"
    for name in ("STRIPE_WEBHOOK_SECRETS", "STRIPE_CONNECT_WEBHOOK_SECRETS"):
        if any(not secret.startswith("whsec_") for secret in getattr(settings, name)):
            yield f"{name.removesuffix('S')} is no webhook signing secret: it starts with whsec_."
    if len(settings.LINK_KEY) < 32 or len(settings.SECRET_KEY) < 32:
        yield "SECRET_KEY and LINK_KEY must have 32 characters or more."
    if settings.LINK_KEY == settings.SECRET_KEY:
        yield "LINK_KEY is the same as SECRET_KEY: give it a value of its own."
    yield from mail_provider.contradictions(
        provider=settings.ANYMAIL_PROVIDER,
        secret=settings.ANYMAIL_WEBHOOK_SECRET,
        backend=settings.EMAIL_BACKEND,
        others=settings.ANYMAIL,
    )
    yield from account_settings.contradictions(
        social=settings.SOCIAL, team_opening=settings.TEAM_OPENING
    )
    yield from abuse_settings.contradictions(settings.LIMITS)
    yield from test_mode_settings.contradictions(settings.STRIPE_TEST, settings)
    yield from backup_settings.contradictions(settings.BACKUPS)
    yield from privacy_settings.contradictions(settings)
    yield from _site_contradictions()
    yield from _watching_contradictions()
    yield from _room_contradictions()


def _site_contradictions() -> Iterator[str]:
    site = urlsplit(settings.SITE_URL)
    if site.scheme not in {"http", "https"} or not site.hostname:
        yield "SITE_URL is no address: write it like https://give.example.org."
    elif settings.STRIPE_LIVEMODE and site.scheme != "https":
        yield "SITE_URL must start with https:// while STRIPE_SECRET_KEY is a live key."
    if settings.STRIPE_LIVEMODE and settings.WEBHOOKS_TO_LOCAL:
        yield "WEBHOOKS_TO_LOCAL is on while STRIPE_SECRET_KEY is a live key: unset it."
    if settings.DEBUG and site.hostname not in _LOCAL_HOSTS:
        yield "DEBUG is on while SITE_URL is not this machine: unset DEBUG."


def _watching_contradictions() -> Iterator[str]:
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < 16:
        yield "METRICS_TOKEN must have 16 characters or more: who knows it reads /metrics."
    if settings.LOG_FORMAT not in {"line", "json"}:
        yield "LOG_FORMAT is none of: line, json."


def _room_contradictions() -> Iterator[str]:
    if bool(settings.BIGBLUEBUTTON_URL) != bool(settings.BIGBLUEBUTTON_SECRET):
        yield "BIGBLUEBUTTON_URL and BIGBLUEBUTTON_SECRET are of use together only: set both."
    for name in ("JITSI_URL", "BIGBLUEBUTTON_URL"):
        address = urlsplit(getattr(settings, name))
        secure = address.scheme == "https" or address.hostname in _LOCAL_HOSTS
        if address.geturl() and not (secure and address.hostname):
            yield f"{name} must start with https://: browsers follow a form to nothing else."


def refuse_contradictions() -> None:
    """Raise ImproperlyConfigured with the first contradiction, if there is one."""
    for sentence in contradictions():
        raise ImproperlyConfigured(sentence)
