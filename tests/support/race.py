"""Many requests released at one moment, by one asyncio client on plain sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Call:
    """One request to be sent. ``path`` is on the site that is raced against."""

    path: str
    method: str = "POST"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def raw(self, host: str) -> bytes:
        """Return the request's bytes; the connection is closed after it."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode() + self.body


def form(path: str, fields: Mapping[str, str]) -> Call:
    """Return the POST of a filled-in form."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return Call(path, body=urlencode(fields).encode(), headers=kind)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``status`` is 0 where the connection broke; ``seconds`` since the barrier."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float


def at_once(site: str, calls: Sequence[Call], *, parallel: int = 0) -> list[Answer]:
    """Send all calls at the same moment, or ``parallel`` at a time; return the answers in order."""
    # In a thread of its own: Playwright leaves a running loop in the main one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _at_once(site, calls, parallel or len(calls))).result()


async def _at_once(site: str, calls: Sequence[Call], parallel: int) -> list[Answer]:
    host = urlsplit(site).netloc
    barrier = asyncio.Barrier(parallel)
    queue = list(enumerate(calls))[::-1]
    answers: dict[int, Answer] = {}

    async def runner() -> None:
        number, call = queue.pop()
        answers[number] = await _one(host, call, barrier)
        while queue:
            number, call = queue.pop()
            answers[number] = await _one(host, call, None)

    await asyncio.gather(*(runner() for _ in range(parallel)))
    return [answers[number] for number in range(len(calls))]


async def _one(host: str, call: Call, barrier: asyncio.Barrier | None) -> Answer:
    name, _, port = host.rpartition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    if barrier is not None:
        await barrier.wait()
    started = time.monotonic()
    try:
        writer.write(call.raw(host))
        content = await asyncio.wait_for(reader.read(), 120)
    except OSError:
        content = b""
    finally:
        writer.close()
    return _read(content, time.monotonic() - started)


def _read(content: bytes, seconds: float) -> Answer:
    head, _, body = content.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    headers = dict(line.lower().split(": ", 1)[:2] for line in lines[1:] if ": " in line)
    exact = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    if "Location" in exact:
        headers["location"] = exact["Location"]
    status = int(words[1]) if len(words) > 1 else 0
    return Answer(status, headers, body.decode("utf-8", "replace"), seconds)
