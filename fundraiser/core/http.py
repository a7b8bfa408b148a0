"""What every page and view shares: the site's facts, the visitor's address."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


class TellingError(Http404):
    """Something is not shown, and a page of its own tells why. ``context`` is what it shows."""

    template = "404.html"
    status = 404

    def __init__(self, **context: Any) -> None:
        super().__init__(type(self).__name__)
        self.context = context


class DeadLinkError(TellingError):
    """A personal link that was revoked, cut short or never made: 404, and a page that says so."""

    template = "link_expired.html"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show what is not there; of a personal link say how to get a new one."""
    if isinstance(exception, TellingError):
        return render(request, exception.template, exception.context, status=exception.status)
    return render(request, "404.html", status=404)


def site(request: HttpRequest) -> dict[str, Any]:
    """Give every template the site's name and address, and whether anybody may make an account."""
    del request
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "site_opens_accounts": settings.OPEN_REGISTRATION,
    }


def client_address(request: HttpRequest) -> str:
    """Return the visitor's address; X-Forwarded-For is believed only from our own proxies.

    With TRUSTED_PROXY_COUNT = n the n-th entry from the right is the visitor's, since each proxy
    appends the address that it saw. What a visitor puts there himself stands further left.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    count = settings.TRUSTED_PROXY_COUNT
    if count:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(forwarded) >= count:
            address = forwarded[-count].strip()
    if address.count(":") == 1:  # an IPv4 address with its port, as some proxies write it
        address = address.partition(":")[0]
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 -- a value that no visitor has, not a bind
    # ::ffff:203.0.113.9 is 203.0.113.9 (RFC 4291, 2.5.5.2): as IPv6 all of them were one network.
    return str(getattr(found, "ipv4_mapped", None) or found)


def client_hash(request: HttpRequest) -> str:
    """Return the visitor's network as a keyed hash: to tell places apart without keeping them.

    An IPv6 address counts by its first 64 bits: one household, or one attacker, has all of the
    rest (RFC 6177), and each device there changes its own (RFC 8981).
    """
    address = ipaddress.ip_address(client_address(request))
    if address.version == 6:
        network: object = ipaddress.ip_network((address, 64), strict=False)
    else:
        network = address
    return hmac.new(settings.LINK_KEY.encode(), str(network).encode(), hashlib.sha256).hexdigest()
