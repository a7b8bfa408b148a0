"""Memory of one web worker after 200 requests of every common kind.

The larger worker counts. Resident memory holds pages that the processes share, proportional memory
its part of them only: the goal is held against the first, the larger. Both workers have what a
server has installed, and none of the tools of a checkout (bench/production.py).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

from bench import data, production
from bench.client import Connection
from bench.house import House, Running
from bench.rows import Row, at_most
from bench.usage import descendants, memory_mib
from bench.visitors import register_all
from fundraiser.local.ports import free_port

_ROUNDS = 45
_REGISTRATIONS = 10


def run(house: House) -> Iterator[Row]:
    """Measure the product's worker, and a bare view's beside it."""
    campaign = data.campaign()
    workshop = data.workshop(campaign, capacity=None)
    data.give(campaign, 300)
    pages = ["/", data.path(campaign), data.path(workshop), f"{data.path(campaign)}give/"]
    path = f"{production.programs()}{os.pathsep}{house.environment['PATH']}"
    with house.web("bench.bare:application", PORT=str(free_port()), PATH=path) as web:
        asyncio.run(_visit(web, ["/"]))
        bare, _ = _largest(web)
    with house.web(PATH=path) as web:
        register_all(house, web.url, data.path(workshop), count=_REGISTRATIONS, parallel=2)
        asyncio.run(_visit(web, pages))
        resident, proportional = _largest(web)
    beside = f"proportional: {proportional:.0f} MiB; bare view: {bare:.0f} MiB"
    yield at_most("memory of a web worker", resident, "MiB", 130, beside)


async def _visit(web: Running, pages: list[str]) -> None:
    for _ in range(_ROUNDS):
        # A connection stays with one worker: a new one each time reaches both.
        for path in pages:
            async with Connection(web.url) as connection:
                assert (await connection.get(path)).status == 200


def _largest(web: Running) -> tuple[float, float]:
    """Return the largest worker's resident and proportional memory, in MiB."""
    return max(memory_mib(pid) for pid in descendants(web.pid) if pid != web.pid)
