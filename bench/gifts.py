"""The campaign's page with many gifts beside a thousand: as quick, with the same queries.

Both campaigns lie in one database. Each page is made anew (its address has a query) on one kept
connection, by turns, so that what else happens on the machine hits both alike. 100,000 gifts, with
``--full`` a million; afterwards every invariant is checked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from bench import data
from bench.client import Connection, percentile
from bench.house import House, Running
from bench.rows import Row
from bench.statements import counted
from donations.services import invariants

_FEW = 1_000
_MANY = 100_000
_MANY_FULL = 1_000_000
_PAIRS = 300


def run(house: House, *, full: bool = False) -> Iterator[Row]:
    """Compare the two pages."""
    many = _MANY_FULL if full else _MANY
    paths = []
    for count in (_FEW, many):
        campaign = data.campaign()
        data.give(campaign, count)
        paths.append(f"{data.path(campaign)}?anew=1")
    data.tidy()
    assert not list(invariants.broken())
    with house.web(WEB_WORKERS="1") as web:
        few_times, many_times = asyncio.run(_by_turns(web, *paths))
        queries = []
        for path in paths:
            with counted(house) as statements:
                asyncio.run(_once(web, path))
            queries.append(len(statements.texts))
    few_ms, many_ms = (percentile(times, 0.95) * 1000 for times in (few_times, many_times))
    ratio = many_ms / few_ms
    yield Row(
        f"campaign page at {many:,} gifts: p95",
        many_ms,
        "ms",
        "≤ 1.10, same queries",
        ratio <= 1.10 and queries[0] == queries[1],
        f"{_FEW:,} gifts: {few_ms:.1f} ms; queries {queries[0]} and {queries[1]}",
        ratio,
    )


async def _by_turns(web: Running, few: str, many: str) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = ([], [])
    async with Connection(web.url) as connection:
        for number in range(-20, _PAIRS):
            for path, found in zip((few, many), times, strict=True):
                started = time.perf_counter()
                assert (await connection.get(path)).status == 200
                if number >= 0:
                    found.append(time.perf_counter() - started)
    return times


async def _once(web: Running, path: str) -> None:
    async with Connection(web.url) as connection:
        assert (await connection.get(path)).status == 200
