"""Erase again who was erased after a backup was taken."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from donations.gateway import Gateway, GatewayError
from donations.models import Acknowledgement, Claim, Donation, KeptForm
from donations.services import settlement
from donations.services.person import erasing, erasures
from donations.services.person.erasures import Line
from events.models import (
    Booking,
    DeliveryProblem,
    Host,
    Invitation,
    Invitee,
    Person,
    Registration,
)
from fundraiser.core import clock

logger = logging.getLogger(__name__)

#: Where addresses of people stand, and since when each row is there. An account follows its own
#: address: who has nothing but one is found by it.
ADDRESSES: Final[dict[Any, str]] = {
    Acknowledgement: "asked_at",
    Booking: "created_at",
    Claim: "created_at",
    DeliveryProblem: "happened_at",
    Donation: "created_at",
    Host: "created_at",
    Invitation: "created_at",
    Invitee: "created_at",
    KeptForm: "created_at",
    Person: "created_at",
    Registration: "created_at",
}


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many were erased again, how many cannot be yet, and lines that another key has made."""

    erased: int
    waiting: int
    unreadable: int


def replay(lines: Iterable[Line], *, gateway: Gateway, since: datetime | None = None) -> Replayed:
    """Erase everybody again whom the list names, as far as the database knows more of them.

    ``since``: when the backup was taken; older erasures are in it already. An address is erased
    where something of it is older than its erasure: who came back later is left alone. May be
    repeated; who waits (money under way, Stripe not answering) is erased by a later call.
    """
    wanted: dict[str, datetime] = {}
    unreadable, key = 0, erasures.key_id()
    for line in lines:
        if since is not None and line.erased_at < since:
            continue
        if line.key != key:
            unreadable += 1
            continue
        known = wanted.get(line.fingerprint)
        wanted[line.fingerprint] = max(known, line.erased_at) if known else line.erased_at
    found = {
        email for email, at in _known() if at <= wanted.get(erasures.fingerprint(email), _NEVER)
    }
    done = [_erase(email, gateway) for email in sorted(found)]
    return Replayed(done.count(True), done.count(False), unreadable)


_NEVER: Final = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def _known() -> Iterator[tuple[str, datetime]]:
    """Yield every address that stands anywhere, with the time of its row."""
    for model, field in ADDRESSES.items():
        rows: Any = model.objects.exclude(email="")
        for email, moment in rows.values_list("email", field).iterator(chunk_size=2000):
            yield email.strip().lower(), moment


def _erase(email: str, gateway: Gateway) -> bool:
    fresh = Person(email=email, created_at=clock.now())
    Person.objects.bulk_create([fresh], ignore_conflicts=True)
    try:
        erasing.erase(Person.objects.get(email__iexact=email), gateway=gateway)
    except (erasing.NotYetError, GatewayError, settlement.BusyError) as error:
        logger.warning("an erasure waits: %s", type(error).__name__)
        return False
    return True
