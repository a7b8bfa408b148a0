"""BigBlueButton's API: a meeting is made when the first person comes, and each is let in by name.

Source: docs.bigbluebutton.org/development/api. A call is signed by ``checksum``, the SHA-256 of the
call's name, its query string and the server's secret, written one after the other. ``create`` with
the same parameters again is no error, so that every click may call it: a meeting that nobody is in
has ended.
"""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from django.conf import settings

from fundraiser.core.errors import ServiceError

#: Seconds; a visitor waits for it.
TIMEOUT: Final = 4.0
#: An answer to ``create`` is about a kilobyte.
_LONGEST_ANSWER: Final = 100_000


class BigBlueButtonError(ServiceError):
    """The server did not answer, or refused."""

    code = "bigbluebutton"
    retryable = True


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of ours. ``id`` is what every call names it by."""

    id: str
    title: str


def is_configured() -> bool:
    """Return whether the site knows a server."""
    return bool(settings.BIGBLUEBUTTON_URL and settings.BIGBLUEBUTTON_SECRET)


def create(meeting: Meeting) -> None:
    """Make the meeting if it does not run yet. Raises BigBlueButtonError."""
    address = _signed(
        "create",
        {
            "meetingID": meeting.id,
            "name": meeting.title[:256],
            "logoutURL": settings.SITE_URL,
            "record": "false",
        },
    )
    try:
        # The operator's own server, from the settings.
        with urllib.request.urlopen(address, timeout=TIMEOUT) as answer:  # noqa: S310
            body = answer.read(_LONGEST_ANSWER)
        code = ET.fromstring(body).findtext("returncode")  # noqa: S314 -- see above
    except (OSError, ET.ParseError, ValueError) as error:
        raise BigBlueButtonError(type(error).__name__) from error
    if code != "SUCCESS":
        raise BigBlueButtonError("refused")


def join_address(meeting: Meeting, *, name: str, person_id: str, host: bool) -> str:
    """Return the address that lets one person in, by name, as moderator or viewer."""
    return _signed(
        "join",
        {
            "meetingID": meeting.id,
            "fullName": name or "?",
            "role": "MODERATOR" if host else "VIEWER",
            # Stands in the learning dashboard's report as the person's own number.
            "userID": person_id,
            "redirect": "true",
        },
    )


def _signed(call: str, parameters: dict[str, str]) -> str:
    query = urlencode(parameters)
    signed = f"{call}{query}{settings.BIGBLUEBUTTON_SECRET}"
    checksum = hashlib.sha256(signed.encode()).hexdigest()
    return f"{settings.BIGBLUEBUTTON_URL}/api/{call}?{query}&checksum={checksum}"
