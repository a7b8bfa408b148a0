"""How somebody found the way: a referral link, an invitation, and the usual utm_ parameters.

They travel in the address from page to page and in hidden fields of the form, so that nothing has
to be remembered about a visitor: no cookie, no session (docs/adr/0039-referrals-in-the-address.md).
What nobody made here is left out in silence: a gift is never refused for the way it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from events.models import Campaign, ListInvitation, Referral

VIA: Final = "via"
_UTM: Final = {"utm_source": "source", "utm_medium": "medium", "utm_campaign": "campaign"}
FIELDS: Final = (VIA, *_UTM)
#: So many characters of each are kept.
LONGEST: Final = 100
#: Begins the code of an invitation, which no referral link can have.
_INVITED: Final = "i-"


@dataclass(frozen=True, slots=True)
class Origin:
    """By what somebody came, as donations and bookings keep it."""

    referral: Referral | None = None
    invitation: ListInvitation | None = None
    utm: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Return whether anything is known."""
        return bool(self.referral or self.invitation or self.utm)


def tidy(text: str) -> str:
    """Return a parameter as it is kept: without control characters, and not too long."""
    return "".join(one for one in text if one.isprintable()).strip()[:LONGEST]


def asked(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return those parameters of an address, or fields of a form, that tell of the way."""
    found = {name: tidy(parameters.get(name, "")) for name in FIELDS}
    return {name: value for name, value in found.items() if value}


def carried(parameters: Mapping[str, str]) -> str:
    """Return what to append to links of the same campaign, "?" included; empty: nothing."""
    found = asked(parameters)
    return f"?{urlencode(found)}" if found else ""


def code_of(invitation: ListInvitation) -> str:
    """Return what stands after ``?via=`` in the link of an invitation."""
    return f"{_INVITED}{invitation.public_id.hex}"


def read(campaign: Campaign, parameters: Mapping[str, str]) -> Origin:
    """Return by what somebody came to ``campaign``: one query, or none."""
    found = asked(parameters)
    code = found.get(VIA, "")
    utm = {name: found[key] for key, name in _UTM.items() if key in found}
    if code.startswith(_INVITED):
        return Origin(invitation=_invitation(campaign, code), utm=utm)
    rows = Referral.objects.filter(campaign=campaign, code=code.lower())
    return Origin(referral=rows.first() if code else None, utm=utm)


def _invitation(campaign: Campaign, code: str) -> ListInvitation | None:
    try:
        number = UUID(hex=code.removeprefix(_INVITED))
    except ValueError:
        return None
    return ListInvitation.objects.filter(campaign=campaign, public_id=number).first()
