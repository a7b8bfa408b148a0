"""What names an attempt at a gift: the form's own number, and the next one once that has ended."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from donations.models import Donation
from donations.states import DonationState

if TYPE_CHECKING:
    from donations.services.checkout import Gift

#: An attempt that came to nothing: the same form sent again is a new one.
_ENDED: Final = frozenset({DonationState.EXPIRED, DonationState.FAILED})


def following(nonce: uuid.UUID) -> uuid.UUID:
    """Return what names the next attempt at a gift whose attempt under ``nonce`` ended."""
    return uuid.uuid5(nonce, "again")


def unused(gift: Gift, place: str, attempts: Iterable[Donation]) -> uuid.UUID:
    """Return what names the attempt at ``gift`` that has not ended, of those made so far."""
    ended = {one.nonce for one in attempts if one.state in _ENDED}
    nonce = gift.nonce(place)
    while nonce in ended:
        nonce = following(nonce)
    return nonce
