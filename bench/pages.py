"""The public pages, anonymous: speed as a share of a bare view, CPU time, and queries.

16 kept connections ask for one page as fast as they get it, of a bare Django view and of the
product by turns, both served by the same gunicorn settings. CPU time is that of web and database.

Most visitors get a page that was made in the last seconds for somebody else: that is what speed
and CPU are of. The queries are those of a page that is made anew (any query string does that), and
what making it anew takes is told beside them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from bench import data
from bench.client import Connection, steady
from bench.house import House, Running
from bench.rows import Row, at_most, share
from bench.statements import counted
from bench.usage import measured
from fundraiser.local.ports import free_port

_CONNECTIONS = 16
_ROUNDS = 5
_SECONDS = 1.0


@dataclass
class Speed:
    """What one page took over all rounds; CPU and wall time in seconds."""

    requests: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Requests answered a second."""
        return self.requests / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds a request."""
        return self.cpu_seconds / self.requests * 1000


def run(house: House) -> Iterator[Row]:
    """Measure the campaign's and the workshop's page."""
    campaign = data.campaign()
    workshop = data.workshop(campaign, capacity=50)
    data.give(campaign, 300)
    data.tidy()
    pages = {"campaign page": data.path(campaign), "workshop page": data.path(workshop)}
    with (
        house.web("bench.bare:application", PORT=str(free_port())) as bare,
        house.web() as web,
    ):
        shared = {name: (web, path) for name, path in pages.items()}
        found = _by_turns(house, {"bare": (bare, "/"), **shared})
        fresh = {name: (web, f"{path}?anew=1") for name, path in pages.items()}
        found_anew = _by_turns(house, fresh)
        queries = {name: _queries(house, web, f"{path}?anew=1") for name, path in pages.items()}
    base = found["bare"]
    for name in pages:
        one, anew = found[name], found_anew[name]
        yield share(name, one.per_second, "requests/s", ("bare view", base.per_second), 0.40)
        yield at_most(f"{name}: CPU", one.cpu_ms, "ms", 3, f"bare view: {base.cpu_ms:.2f}")
        beside = f"made anew: {anew.cpu_ms:.1f} ms CPU, {anew.per_second:.0f} requests/s"
        yield at_most(f"{name}: queries", queries[name], "queries", 5, beside)


def _by_turns(house: House, targets: dict[str, tuple[Running, str]]) -> dict[str, Speed]:
    """Load each target for a moment, in turns; the first turn only warms up."""
    found: dict[str, Speed] = {}
    for turn in range(_ROUNDS + 1):
        if turn == 1:
            found = {name: Speed() for name in targets}
        for name, (web, path) in targets.items():
            one = found.setdefault(name, Speed())
            with measured((web.pid, house.database_pid)) as spent:
                load = asyncio.run(
                    steady(web.url, path, connections=_CONNECTIONS, seconds=_SECONDS)
                )
            one.requests += load.requests
            one.seconds += load.seconds
            one.cpu_seconds += spent.seconds
    return found


def _queries(house: House, web: Running, path: str) -> int:
    async def once() -> None:
        async with Connection(web.url) as connection:
            assert (await connection.get(path)).status == 200

    with counted(house) as statements:
        asyncio.run(once())
    return len(statements.texts)
