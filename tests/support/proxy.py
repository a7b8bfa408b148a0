"""A small TCP proxy in front of an engine or of the sandbox, which can be slow, deaf or broken."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PASS = "pass"
#: New and standing connections are reset.
RESET = "reset"
#: Connections are taken and bytes swallowed; no answer ever comes.
BLACK_HOLE = "black hole"


class TcpProxy:
    """Listens on 127.0.0.1 and forwards to ``host``:``port`` as its mode says, from its own thread.

    ``latency`` seconds pass before each piece that the other side sends. ``connections`` counts
    those that were opened.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self.latency = 0.0
        self.connections = 0
        self._mode = PASS
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = listening.getsockname()[1]
        self._thread = threading.Thread(target=self._run, args=[listening], daemon=True)
        self._thread.start()

    def become(self, mode: str) -> None:
        """Change how it behaves, for standing connections too."""
        asyncio.run_coroutine_threadsafe(self._become(mode), self._loop).result(10)

    def close(self) -> None:
        """Stop listening and cut every connection."""
        asyncio.run_coroutine_threadsafe(self._become(RESET), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self, listening: socket.socket) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, sock=listening))
        self._loop.run_forever()
        server.close()

    async def _become(self, mode: str) -> None:
        self._mode = mode
        if mode == RESET:
            for writer in self._open:
                _cut(writer)
            self._open.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self._mode == RESET:
            _cut(writer)
            return
        try:
            there_reader, there = await asyncio.open_connection(*self._target)
        except OSError:
            _cut(writer)
            return
        self._open |= {writer, there}
        await asyncio.gather(
            self._pipe(reader, there, slow=False), self._pipe(there_reader, writer, slow=True)
        )

    async def _pipe(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, slow: bool
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                if slow and self.latency:
                    await asyncio.sleep(self.latency)
                if self._mode == PASS:
                    writer.write(piece)
                    await writer.drain()
        self._open.discard(writer)
        writer.close()


def _cut(writer: asyncio.StreamWriter) -> None:
    """Reset a connection instead of closing it."""
    connection = writer.get_extra_info("socket")
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    writer.transport.abort()


@contextmanager
def in_front_of(address: str) -> Iterator[TcpProxy]:
    """Put a proxy in front of a URL's host and port for the length of the block."""
    parts = urlsplit(address)
    proxy = TcpProxy(parts.hostname or "127.0.0.1", parts.port or 80)
    yield proxy
    proxy.close()
