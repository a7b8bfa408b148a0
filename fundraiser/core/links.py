"""Signed public links: who holds one may do what its purpose says, and nothing else.

A link is ``public id . version . signature`` (HMAC-SHA256, 256 bits) under LINK_KEY, which is not
in the database, with the purpose as salt. Nothing is stored: links are recomputed when a mail is
rendered, and revoked by raising the row's version.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.core import signing


class InvalidLinkError(Exception):
    """The link was not made here, was made for another purpose, or was cut short."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: the row's public id and the version it was made for."""

    public_id: uuid.UUID
    version: int


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(key=settings.LINK_KEY, sep=".", salt=f"link:v1:{purpose}")


def make(purpose: str, public_id: uuid.UUID, version: int = 1) -> str:
    """Return the link's token (URL-safe) for one row, purpose and version."""
    return _signer(purpose).sign(f"{public_id.hex}.{version}")


def read(purpose: str, token: str) -> Link:
    """Return what ``token`` says. Raises InvalidLinkError; the caller compares the version."""
    try:
        public_id, version = _signer(purpose).unsign(token).split(".")
        return Link(uuid.UUID(public_id), int(version))
    except (signing.BadSignature, ValueError) as error:
        raise InvalidLinkError(purpose) from error
