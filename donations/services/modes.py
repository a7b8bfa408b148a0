"""Stripe's two modes: which one an account is in, and whether campaigns may run on test keys."""

from __future__ import annotations

from django.conf import settings

from events.states import TEST_ACCOUNT


def livemode_of(account: str) -> bool:
    """Return whether money of an account (as rows name it) is real, by the keys that are set."""
    return bool(settings.STRIPE_LIVEMODE) and account != TEST_ACCOUNT


def is_offered() -> bool:
    """Whether the site has test keys beside its own: campaigns in test mode can be made."""
    return bool(settings.STRIPE_TEST.is_set)
