"""The limits against misuse, each from the environment; 0 turns one off (docs/abuse.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import environ


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one client, one address and one campaign may do before it is stopped."""

    #: Payments that one client may begin in an hour and not pay.
    unpaid_sessions_per_hour: int
    #: Payments of one e-mail address that may be open at the same time.
    open_sessions_per_address: int
    #: Receipts that one client may show within 24 hours before one of them is accepted.
    receipts_per_client: int
    #: Free seats that one client may ask for in an hour and not confirm, and places in lines.
    free_seats_per_client: int
    waiting_places_per_client: int
    #: Mails that an address which has not paid, and has no seat, gets within 24 hours.
    mails_before_payment: int
    #: Declined or unfinished payments of a campaign in 15 minutes from which on a proof is asked
    #: for; three times as many ask for it on the whole site.
    puzzle_after_declines: int


def limits(env: environ.FileAwareEnv) -> Limits:
    """Return the limits that the environment sets."""
    return Limits(
        unpaid_sessions_per_hour=env.int("UNPAID_SESSIONS_PER_HOUR", default=10),
        open_sessions_per_address=env.int("OPEN_SESSIONS_PER_ADDRESS", default=3),
        receipts_per_client=env.int("RECEIPTS_PER_CLIENT", default=10),
        free_seats_per_client=env.int("FREE_SEATS_PER_CLIENT", default=10),
        waiting_places_per_client=env.int("WAITING_PLACES_PER_CLIENT", default=20),
        mails_before_payment=env.int("MAILS_BEFORE_PAYMENT", default=3),
        puzzle_after_declines=env.int("PUZZLE_AFTER_DECLINES", default=20),
    )


def contradictions(found: Limits) -> Iterator[str]:
    """Yield one sentence for each limit that cannot be right."""
    for name, value in asdict(found).items():
        if value < 0:
            yield f"{name.upper()} is below 0: 0 turns the limit off."
