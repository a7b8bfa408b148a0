"""What names an attempt at a gift: the form's own number, and the next one once that has ended."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet

from donations.models import Donation
from donations.states import DonationState
from fundraiser.core.prepared import ModelQuestion

if TYPE_CHECKING:
    from donations.services.checkout import Gift

#: An attempt that came to nothing: the same form sent again is a new one.
_ENDED: Final = frozenset({DonationState.EXPIRED, DonationState.FAILED})


def _of_form(visit: uuid.UUID) -> QuerySet[Donation]:
    return Donation.objects.filter(visit=visit)


def _under(nonce: uuid.UUID) -> QuerySet[Donation]:
    return Donation.objects.filter(nonce=nonce)


_OF_FORM: Final = ModelQuestion[Donation](_of_form, visit=uuid.UUID)
_UNDER: Final = ModelQuestion[Donation](_under, nonce=uuid.UUID)


def of_form(visit: uuid.UUID) -> list[Donation]:
    """Return the attempts that were made by one form."""
    return _OF_FORM.all(visit=visit)


def under(nonce: uuid.UUID) -> Donation | None:
    """Return the attempt of this name, if it was made."""
    return _UNDER.first(nonce=nonce)


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
