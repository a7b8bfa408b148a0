"""A TCP proxy that can become a black hole: connections stay, nothing comes through any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class BlackHole:
    """Forwards to ``target_port`` of this machine until ``swallow`` is set."""

    def __init__(self, target_port: int) -> None:
        self.swallow = False
        self._target_port = target_port
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        """Listen on ``port`` of this machine within the block."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        try:
            yield
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", self._target_port)
        for source, drain in ((reader, there[1]), (there[0], writer)):
            task = asyncio.create_task(self._pump(source, drain))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
        while part := await source.read(65536):
            if not self.swallow:
                drain.write(part)
        if not self.swallow:
            drain.close()
