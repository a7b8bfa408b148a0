"""A small HTTP/1.1 client on asyncio's plain sockets, light enough to load two cores' worth."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``status`` 0: the connection broke."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's value, or an empty text."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b": ")
            if key.lower() == name.lower().encode():
                return value.decode("latin-1")
        return ""


def request(
    method: str, host: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """Return a request's bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Exchange(asyncio.Protocol):
    """Collects one answer at a time; its length must be in the header, as ours always is."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[Answer] | None = None
        self._received = bytearray()
        self._needed = 0

    def data_received(self, data: bytes) -> None:
        """Add what arrived, and give the answer out once it is whole."""
        self._received += data
        if not self._needed:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            self._needed = end + 4 + _length(bytes(self._received[:end]))
        if len(self._received) >= self._needed:
            head, _, body = bytes(self._received).partition(b"\r\n\r\n")
            self._received.clear()
            self._needed = 0
            self._done(Answer(int(head[9:12]), head, body))

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection that breaks before the answer is an answer, too."""
        del exc
        self._done(Answer(0, b"", b""))

    def _done(self, answer: Answer) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_result(answer)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


class Connection:
    """One kept connection to a site of this machine; one request at a time."""

    def __init__(self, site: str) -> None:
        self.host = urlsplit(site).netloc
        self._transport: asyncio.Transport | None = None
        self._exchange = _Exchange()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._transport is not None:
            self._transport.close()

    async def open(self) -> None:
        """Connect, anew where the connection was closed."""
        name, _, port = self.host.rpartition(":")
        loop = asyncio.get_running_loop()
        made = await loop.create_connection(_Exchange, name, int(port))
        self._transport, self._exchange = made

    async def send(self, raw: bytes) -> Answer:
        """Send a request's bytes and wait for the answer, at most a minute."""
        if self._transport is None or self._transport.is_closing():
            await self.open()
        assert self._transport is not None
        self._exchange.answer = asyncio.get_running_loop().create_future()
        self._transport.write(raw)
        return await asyncio.wait_for(self._exchange.answer, 60)

    async def get(self, path: str) -> Answer:
        """Fetch a page."""
        return await self.send(request("GET", self.host, path))

    async def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.send(
            request("POST", self.host, path, urlencode(fields).encode(), headers=kind)
        )


@dataclass(frozen=True, slots=True)
class Load:
    """What a steady load came to; times in seconds."""

    requests: int
    seconds: float
    times: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Requests answered a second."""
        return self.requests / self.seconds


async def steady(site: str, path: str, *, connections: int, seconds: float) -> Load:
    """Ask for one page on so many kept connections, each as soon as it has its answer.

    Errors: AssertionError where an answer is not 200.
    """
    times: list[float] = []
    started = time.perf_counter()

    async def one() -> None:
        async with Connection(site) as connection:
            raw = request("GET", connection.host, path)
            while (begin := time.perf_counter()) < started + seconds:
                answer = await connection.send(raw)
                if answer.status == 0:  # closed by a worker that was renewed: as browsers do, again
                    continue
                assert answer.status == 200, answer
                times.append(time.perf_counter() - begin)

    await asyncio.gather(*(one() for _ in range(connections)))
    return Load(len(times), time.perf_counter() - started, tuple(times))


def percentile(times: tuple[float, ...] | list[float], part: float) -> float:
    """Return the time that the part ``part`` (0 to 1) of all does not exceed, in seconds."""
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]
