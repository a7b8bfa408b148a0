"""Webhook intake while Redis is a black hole: signed events, 50 a second, each on its own time.

Redis answers first, so that every connection is made, then nothing comes through any more. The time
of each delivery is from the moment it was due, on a connection of its own, so waiting behind others
counts.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import time
import uuid
from collections.abc import Iterator

from bench.blackhole import BlackHole
from bench.client import Connection, percentile, request
from bench.house import House
from bench.rows import Row, at_most
from donations.models import StripeEvent
from fundraiser.local.ports import free_port

_PER_SECOND = 50
_BEFORE = 200
#: What only wakes a web server that has just started.
_WARM = 100
_COUNT = 600
_PATH = "/stripe/webhook/"


def run(house: House) -> Iterator[Row]:
    """Measure intake; every event must be stored."""
    port = free_port()
    url = house.valkey.url().replace(f":{house.valkey.port}/", f":{port}/")
    known = StripeEvent.objects.count()
    with house.web(REDIS_URL=url) as web:
        before, times = asyncio.run(_deliver(web.url, BlackHole(house.valkey.port), port))
    stored = StripeEvent.objects.count() - known
    # Nothing of them is anybody's donation; the next rows' workers need not find that out.
    StripeEvent.objects.filter(applied_at__isnull=True).delete()
    beside = f"with Redis: {percentile(before, 0.99) * 1000:.0f} ms; {stored} of "
    beside += f"{_BEFORE + _COUNT} stored; median {percentile(times, 0.5) * 1000:.0f} ms"
    row = at_most(
        f"webhooks at {_PER_SECOND}/s without Redis: p99",
        percentile(times, 0.99) * 1000,
        "ms",
        250,
        beside,
    )
    complete = stored == _BEFORE + _COUNT
    yield Row(row.name, row.value, row.unit, row.goal, row.reached and complete, beside)


async def _deliver(url: str, hole: BlackHole, port: int) -> tuple[list[float], list[float]]:
    async with hole.listening(port):
        before = (await _at_rate(url, _BEFORE))[_WARM:]
        hole.swallow = True
        return before, await _at_rate(url, _COUNT)


async def _at_rate(url: str, count: int) -> list[float]:
    """Send ``count`` events on schedule; return how long each took, in seconds."""
    started = time.perf_counter()

    async def one(number: int) -> float:
        due = started + number / _PER_SECOND
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        async with Connection(url) as connection:
            answer = await connection.send(_signed(connection.host))
        assert answer.status == 200, answer
        return time.perf_counter() - due

    return list(await asyncio.gather(*(one(number) for number in range(count))))


def _signed(host: str) -> bytes:
    """Return one delivery as Stripe sends it (docs.stripe.com/webhooks, "Verify manually")."""
    now = int(time.time())
    about = {
        "id": f"cs_test_{uuid.uuid4().hex}",
        "object": "checkout.session",
        "payment_intent": f"pi_{uuid.uuid4().hex}",
        "client_reference_id": str(uuid.uuid4()),
    }
    event = {
        "id": f"evt_{uuid.uuid4().hex}",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "created": now,
        "data": {"object": about},
    }
    body = json.dumps(event).encode()
    secret = os.environ["STRIPE_WEBHOOK_SECRET"].encode()
    signature = hmac.new(secret, f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "Stripe-Signature": f"t={now},v1={signature}",
    }
    return request("POST", host, _PATH, body, headers)
