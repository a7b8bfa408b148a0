"""A small proof of work, asked for only while many payments are declined (PROMISES.md 39).

The visitor's browser looks for a number whose hash is the challenge: about a second for one, much
for who tries thousands of cards. A challenge is signed and bound to one gift, so nothing is stored,
and a solution is good for that gift alone (altcha.org/docs).
"""

from __future__ import annotations

import base64
import json
import uuid
from datetime import timedelta
from typing import Any, Final

from altcha import v1 as altcha
from django.conf import settings
from django.db.models import Count, Q

from donations.models import Donation
from donations.states import DonationState
from events.models import Campaign
from fundraiser.core import clock, hashes

#: Declines of so long ago count.
WINDOW: Final = timedelta(minutes=15)
#: How long a solution is good for.
LASTS: Final = timedelta(minutes=10)
#: So many hashes at most: half as many on average.
WORK: Final = 60_000
#: The whole site asks from so many times a campaign's number on.
_SITE: Final = 3


def is_asked(campaign: Campaign) -> bool:
    """Whether so many payments were declined or left just now that a proof is asked for."""
    most = settings.LIMITS.puzzle_after_declines
    if not most:
        return False
    lost = Q(state__in=[DonationState.EXPIRED, DonationState.FAILED]) | ~Q(decline_code="")
    rows = Donation.objects.exclude(state=DonationState.PAID)
    rows = rows.filter(campaign__test_mode=campaign.test_mode)
    counted = rows.filter(lost, checked_at__gt=clock.now() - WINDOW).aggregate(
        here=Count("pk", filter=Q(campaign=campaign)), everywhere=Count("pk")
    )
    return bool(counted["here"] >= most or counted["everywhere"] >= _SITE * most)


def challenge(nonce: uuid.UUID) -> dict[str, Any]:
    """Return a challenge for the gift that ``nonce`` names: algorithm, challenge, salt…"""
    made = altcha.create_challenge(
        algorithm="SHA-256",
        max_number=WORK,
        salt_length=12,
        hmac_key=_key(),
        salt="",
        number=None,
        expires=clock.now() + LASTS,
        params={"gift": nonce.hex},
    )
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "maximum": made.max_number,
        "salt": made.salt,
        "signature": made.signature,
    }


def is_solved(text: str, nonce: uuid.UUID) -> bool:
    """Whether ``text``, base64 of JSON, solves a challenge of ours for the gift, in time."""
    try:
        solution = json.loads(base64.b64decode(text, validate=True))
        verified, _why = altcha.verify_solution(solution, _key(), check_expires=False)
        said = altcha.extract_params(solution)
        ends = int(said["expires"][0])
        gift = said["gift"][0]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return False
    return verified and gift == nonce.hex and ends > clock.now().timestamp()


def _key() -> str:
    return hashes.keyed("puzzle", "key")
