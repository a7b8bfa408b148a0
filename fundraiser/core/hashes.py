"""Keyed hashes: to know an address or a place again without keeping it."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac


def keyed(purpose: str, text: str) -> str:
    """Return 64 hexadecimal digits; another purpose, or another LINK_KEY, gives others."""
    return salted_hmac(purpose, text, secret=settings.LINK_KEY, algorithm="sha256").hexdigest()


def of_email(purpose: str, email: str) -> str:
    """Return the keyed hash of an e-mail address, whatever its letter case."""
    return keyed(purpose, email.strip().lower())
