"""One registration, from the workshop's page to confirmed with its mail queued.

A visitor opens the page, sends the real form, and pays; the sandbox sends its signed webhooks, the
worker applies them and queues the mail, which stays in the outbox (bench.mails sends). Speed is
from the first page to the last confirmation, eight visitors at a time. CPU time is that of web,
worker, database and broker until every event is done; the sandbox's own does not count. Statements
are counted afterwards, with one visitor at a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench import data
from bench.house import House, Running, wait_for
from bench.rows import Row, at_least, at_most
from bench.statements import counted
from bench.usage import measured
from bench.visitors import confirmed, register_all
from donations.models import StripeEvent
from events.models import Message, Workshop

_COUNT = 200
_PARALLEL = 8
_COUNTED = 20
_FRAMES = ("BEGIN", "COMMIT")


def run(house: House) -> Iterator[Row]:
    """Measure registrations at one workshop."""
    workshop = data.workshop(data.campaign(), capacity=None)
    with house.web() as web, house.worker("--queues", "fundraiser") as worker:
        _registered(house, web, workshop, count=_PARALLEL)
        ours = (web.pid, worker.pid, house.database_pid, house.broker_pid)
        with measured(ours) as spent, measured([house.sandbox_pid]) as sandbox:
            seconds = _registered(house, web, workshop, count=_COUNT)
        with counted(house) as statements:
            _registered(house, web, workshop, count=_COUNTED, parallel=1)
    Message.objects.filter(workshop=workshop).delete()
    beside = f"sandbox, not counted: {sandbox.seconds / _COUNT * 1000:.0f} ms"
    yield at_most("registration: CPU", spent.seconds / _COUNT * 1000, "ms", 50, beside)
    yield at_least("registrations", _COUNT / seconds, "/s", 25)
    each = len(statements.texts) / _COUNTED
    plain = sum(text not in _FRAMES for text in statements.texts) / _COUNTED
    beside = f"{plain:.1f} without BEGIN and COMMIT"
    yield at_most("registration: SQL", each, "statements", 40, beside)


def _registered(
    house: House, web: Running, workshop: Workshop, *, count: int, parallel: int = _PARALLEL
) -> float:
    """Let visitors register; return the seconds until all are confirmed."""
    wanted = confirmed(workshop) + count
    started = time.perf_counter()
    register_all(house, web.url, data.path(workshop), count=count, parallel=parallel)
    wait_for(lambda: confirmed(workshop) == wanted, what="every confirmation")
    seconds = time.perf_counter() - started
    undone = StripeEvent.objects.filter(applied_at__isnull=True)
    time.sleep(0.5)  # the last webhooks
    house.round()
    wait_for(lambda: not undone.exists(), what="every event")
    return seconds
