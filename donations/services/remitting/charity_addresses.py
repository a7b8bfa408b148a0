"""Whether an address is the charity's: at its own site's domain (docs/adr/0045).

There is no list of public suffixes here. A domain counts from its last two labels, or the last
three below a country's own "co", "org" and the like; sites on shared hosts prove nothing.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

#: Anybody can get an address or a site below these.
_SHARED: Final = frozenset(
    """gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr
    msn.com yahoo.com yahoo.fr yahoo.co.uk ymail.com aol.com icloud.com me.com mac.com gmx.com
    gmx.net gmx.de gmx.fr web.de mail.com mail.ru yandex.com yandex.ru proton.me protonmail.com
    pm.me tutanota.com tuta.io zoho.com fastmail.com hey.com laposte.net orange.fr wanadoo.fr
    free.fr sfr.fr bbox.fr neuf.fr numericable.fr qq.com 163.com 126.com naver.com bluewin.ch
    facebook.com instagram.com linkedin.com twitter.com x.com youtube.com tiktok.com linktr.ee
    github.com github.io gitlab.io google.com wordpress.com blogspot.com wixsite.com wix.com
    weebly.com squarespace.com webflow.io netlify.app vercel.app pages.dev herokuapp.com
    myshopify.com notion.site tumblr.com medium.com substack.com helloasso.com gofundme.com
    justgiving.com leetchi.com donorbox.org betterplace.org jimdofree.com jimdosite.com""".split()
)
#: Below a country's two letters these are no organisation's own.
_SECOND: Final = frozenset(
    """co com org net ac edu gov gouv gob or ne go ngo nom asso info web sch school nhs ltd plc me
    ong gen firm id idv mil int charity""".split()
)
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z")


def domain_of(email: str) -> str:
    """Return an address's domain in small letters and ASCII; empty where there is none."""
    return _ascii(email.rpartition("@")[2])


def site_domain(site: str) -> str:
    """Return the domain that a site's owner has; empty where the site shows none.

    "https://www.charitywater.org/x" → "charitywater.org"; a page on a shared host → "".
    """
    host = _ascii(urlsplit(site).hostname or "")
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        return ""
    wants = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND else 2
    domain = ".".join(labels[-wants:])
    return "" if len(labels) < wants or domain in _SHARED else domain


def _ascii(host: str) -> str:
    try:
        name = host.strip().rstrip(".").lower().encode("idna").decode()
    except UnicodeError:
        return ""
    return name if name and all(_LABEL.match(one) for one in name.split(".")) else ""


def is_shared(domain: str) -> bool:
    """Return whether anybody can have an address at a domain."""
    return any(domain == one or domain.endswith(f".{one}") for one in _SHARED)


def is_at_site(email: str, site: str) -> bool:
    """Return whether an address is at the site's domain, or below it."""
    own, domain = site_domain(site), domain_of(email)
    return bool(own) and (domain == own or domain.endswith(f".{own}"))
