"""Where a request may go: https to public addresses, or anywhere local if a setting says so.

A name is looked up at each delivery, and the connection is made to the address that was judged: a
name that leads elsewhere a moment later leads nowhere (OWASP, "Server Side Request Forgery
Prevention"; DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from fundraiser.core.errors import ServiceError

LONGEST: Final = 500
#: Each may take as long as the whole request.
MOST_TRIED: Final = 3
#: Networks whose addresses carry an IPv4 address: that one counts, too (RFC 6052; 8215; 3056).
_TRANSLATED: Final = tuple(
    ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
)


class AddressRefusedError(ServiceError):
    """The address may not be asked. ``why``: "form", "https" or "private"."""

    code = "address_refused"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def split(url: str) -> SplitResult:
    """Return an address in its parts. Raises AddressRefusedError for one that is none, or http."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise AddressRefusedError("form") from error
    plain = url.isascii() and url.isprintable() and " " not in url
    if not host or not plain or len(url) > LONGEST or port == 0 or "@" in parts.netloc:
        raise AddressRefusedError("form")
    if parts.scheme not in {"https", "http"}:
        raise AddressRefusedError("form")
    if parts.scheme == "http" and not settings.WEBHOOKS_TO_LOCAL:
        raise AddressRefusedError("https")
    if _is_number(host) and not is_allowed(host):
        raise AddressRefusedError("private")
    return parts


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_allowed(address: str) -> bool:
    """Return whether a request may go to an IP address: a public one, or a local one if set."""
    found: ipaddress.IPv4Address | ipaddress.IPv6Address
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if settings.WEBHOOKS_TO_LOCAL and found.is_loopback:
        return True
    if any(found.version == one.version and found in one for one in _TRANSLATED):
        return False
    return found.is_global and not found.is_multicast


def resolved(host: str, port: int, *, only_local: bool) -> list[str]:
    """Return the addresses of a name, if a request may go to every one that it has.

    ``only_local``: loopback alone, as for http. Raises AddressRefusedError, OSError (no such name).
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    for one in addresses:
        if not is_allowed(one) or (only_local and not ipaddress.ip_address(one).is_loopback):
            raise AddressRefusedError("private")
    return list(dict.fromkeys(addresses))[:MOST_TRIED]
