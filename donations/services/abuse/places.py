"""Places that cost nothing: free seats, and places in the line, so many an hour for one client.

The try is counted in the transaction that takes the place, whether the address is known or not
(PROMISES.md 40): where there is no place, nothing is counted.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction

from donations.services.abuse import limits
from events.models import Booking, Workshop
from events.services.seating import free_seats, waiting_list
from events.services.seating.seats import Payer


def start_free(*, workshop: Workshop, payer: Payer, nonce: UUID, client_hash: str) -> Booking:
    """Hold a free seat until its address is proven.

    Raises limits.PlacesTakenError, seats.FullError or seats.ClosedError.
    """
    most = settings.LIMITS.free_seats_per_client
    with transaction.atomic():
        limits.take_place(what="free seat", most=most, client_hash=client_hash, nonce=nonce)
        return free_seats.start(workshop=workshop, payer=payer, nonce=nonce)


def join_line(*, workshop: Workshop, payer: Payer, nonce: UUID, client_hash: str) -> Booking | None:
    """Put somebody at the end of the line, as waiting_list.join does.

    Raises limits.PlacesTakenError, seats.ClosedError, or waiting_list.NotFullError.
    """
    most = settings.LIMITS.waiting_places_per_client
    with transaction.atomic():
        limits.take_place(what="waiting", most=most, client_hash=client_hash, nonce=nonce)
        return waiting_list.join(workshop=workshop, payer=payer, nonce=nonce)
