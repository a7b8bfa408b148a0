"""500 buyers at the same moment for 100 seats: the right ones get them, and soon.

500 connections are open before the first form is sent. 100 forms lead to Stripe, 400 to the page
that says so; the 100 pay, eight at a time, and the clock stops when all of them are confirmed.
Then every invariant is checked.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack

from bench import data
from bench.client import Answer, Connection
from bench.house import House, wait_for
from bench.rows import Row, at_most
from bench.visitors import confirmed, filled_in, pay, session_of
from donations.services import invariants
from events.models import Workshop

_BUYERS = 500
_SEATS = 100


def run(house: House) -> Iterator[Row]:
    """Race for the seats of one workshop."""
    workshop = data.workshop(data.campaign(), capacity=_SEATS)
    with house.web() as web, house.worker():
        answers, answered, started = asyncio.run(_race(web.url, data.path(workshop)))
        asyncio.run(_pay(house, [session_of(one) for one in answers if one.status == 302]))
        wait_for(lambda: confirmed(workshop) == _SEATS, what="every confirmation")
        seconds = time.perf_counter() - started
    statuses = Counter(one.status for one in answers)
    wrong = "" if _is_right(statuses, workshop) else f"WRONG: {dict(statuses)}; "
    beside = f"{wrong}all answered after {answered:.1f} s, then {_SEATS} paid"
    row = at_most(f"{_BUYERS} buyers for {_SEATS} seats", seconds, "s", 10, beside)
    yield Row(row.name, row.value, row.unit, row.goal, row.reached and not wrong, beside)


async def _race(url: str, path: str) -> tuple[list[Answer], float, float]:
    """Send all forms at once; return the answers, the seconds to the last, and when it began."""
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(Connection(url)) for _ in range(_BUYERS)]
        started = time.perf_counter()
        sent = (one.post(path, filled_in(str(uuid.uuid4()), "Dora")) for one in opened)
        answers = await asyncio.gather(*sent)
        return list(answers), time.perf_counter() - started, started


async def _pay(house: House, sessions: list[str]) -> None:
    async def one() -> None:
        async with Connection(house.sandbox) as sandbox:
            while sessions:
                await pay(sandbox, sessions.pop())

    await asyncio.gather(*(one() for _ in range(8)))


def _is_right(statuses: Counter[int], workshop: Workshop) -> bool:
    workshop.refresh_from_db()
    exact = statuses == {302: _SEATS, 409: _BUYERS - _SEATS}
    return exact and workshop.seats_taken == _SEATS and not list(invariants.broken())
