"""Who may not give or register here: addresses, domains of addresses, networks of clients."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name, validate_email
from django.utils.translation import gettext as _

from donations.models import BlockedVisitor, BlockKind
from fundraiser.core import hashes, prepared
from fundraiser.core.errors import ServiceError

_ABOUT: Final = b"""
    SELECT kind, value FROM donations_blockedvisitor WHERE value_hash = ANY(%s) OR kind = %s
"""


class BlockedError(ServiceError):
    """The visitor's address or network is blocked."""

    code = "blocked"


def refuse(*, email: str, client: str) -> None:
    """Raise BlockedError where an address, its domain, or the client's network is blocked.

    A blocked domain counts for what is below it, too.
    """
    found = prepared.rows(_ABOUT, [list(_hashes(email)), str(BlockKind.NETWORK)])
    if any(kind != BlockKind.NETWORK for kind, _value in found):
        raise BlockedError("address")
    here = ipaddress.ip_address(client)
    if any(here in ipaddress.ip_network(network) for _kind, network in found):
        raise BlockedError("network")


def _hashes(email: str) -> Iterator[str]:
    yield hash_of(BlockKind.ADDRESS, email.strip().lower())
    before, _at, domain = email.strip().lower().rpartition("@")
    written = as_in_dns(domain)
    yield hash_of(BlockKind.ADDRESS, f"{before}@{written}")
    parts = written.split(".")
    for start in range(len(parts)):
        yield hash_of(BlockKind.DOMAIN, ".".join(parts[start:]))


def as_in_dns(domain: str) -> str:
    """Return a domain as the net knows it, in ASCII: one with an accent has two ways to write it.

    By IDNA 2008, as mail servers ask for it; what that does not know stays as it is.
    """
    try:
        return idna.encode(domain.rstrip("."), uts46=True).decode()
    except idna.IDNAError:
        return domain.rstrip(".")


def hash_of(kind: str, value: str) -> str:
    """Return under what a blocked value is known."""
    return hashes.keyed(f"blocked {kind}", value)


def tidied(kind: str, value: str) -> str:
    """Return a value as it is kept. Raises ValidationError in words for an admin."""
    value = value.strip().lower()
    if kind == BlockKind.NETWORK:
        try:
            return str(ipaddress.ip_network(value, strict=False))
        except ValueError as error:
            raise ValidationError(
                _("Write an address or a network, such as 203.0.113.0/24 or 2001:db8::/32.")
            ) from error
    if kind == BlockKind.DOMAIN:
        value = as_in_dns(value.removeprefix("@"))
        validate_domain_name(value)
    else:
        validate_email(value)
        before, _at, domain = value.rpartition("@")
        value = f"{before}@{as_in_dns(domain)}"
    return value


def forget_address(email: str) -> None:
    """Take an erased address off its block, which goes on by the hash alone."""
    BlockedVisitor.objects.filter(
        kind=BlockKind.ADDRESS, value_hash__in=list(_hashes(email))
    ).update(value="", reason="")
