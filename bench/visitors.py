"""Visitors who register: the real form, Stripe's page (the sandbox's control), real webhooks."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Mapping

from bench.client import Answer, Connection, request
from bench.house import House
from events.models import Booking, Workshop
from events.states import BookingState

_NONCE = re.compile(rb'name="nonce" value="([0-9a-f-]{36})"')


def filled_in(nonce: str, name: str) -> dict[str, str]:
    """Return the give form as a browser sends it."""
    return {
        "amount": "2000",
        "other_amount": "",
        "seats": "1",
        "name": name,
        "email": f"{uuid.uuid4().hex}@example.org",
        "message": "",
        "nonce": nonce,
        "time_zone": "Europe/Paris",
    }


def session_of(answer: Answer) -> str:
    """Return the Checkout Session that an accepted form leads to."""
    assert answer.status == 302, answer
    return answer.header("Location").rpartition("/")[2].partition("?")[0]


async def pay(sandbox: Connection, session: str) -> None:
    """Pay by card, as on Stripe's page."""
    body = json.dumps({"session": session}).encode()
    kind: Mapping[str, str] = {"Content-Type": "application/json"}
    answer = await sandbox.send(request("POST", sandbox.host, "/_sandbox/pay", body, kind))
    assert answer.status == 200, answer


async def register(site: Connection, sandbox: Connection, path: str) -> None:
    """Open the workshop's page, send its form, and pay."""
    page = await site.get(path)
    found = _NONCE.search(page.body)
    assert found, page
    sent = await site.post(path, filled_in(found.group(1).decode(), "Dora"))
    await pay(sandbox, session_of(sent))


def register_all(house: House, url: str, path: str, *, count: int, parallel: int) -> None:
    """Let ``count`` visitors register, ``parallel`` at a time."""
    waiting = list(range(count))

    async def one() -> None:
        async with Connection(url) as site, Connection(house.sandbox) as sandbox:
            while waiting:
                waiting.pop()
                await register(site, sandbox, path)

    async def everybody() -> None:
        await asyncio.gather(*(one() for _ in range(parallel)))

    asyncio.run(everybody())


def confirmed(workshop: Workshop) -> int:
    """Return how many bookings are confirmed."""
    return Booking.objects.filter(workshop=workshop, state=BookingState.CONFIRMED).count()
