"""One registration, from the workshop's page to confirmed with its mail queued.

A visitor opens the page, sends the real form, and pays; the sandbox sends its signed webhooks, the
worker applies them. Speed is from the first page to the last confirmation, eight visitors at a
time; CPU time is that of web, worker, database and broker, so the sandbox's own does not count. The
worker also sends the mail, which the goal does not ask for. Statements are counted with one visitor
at a time, afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench import data
from bench.house import House, Running, wait_for
from bench.rows import Row, at_least, at_most
from bench.statements import counted
from bench.usage import cpu_seconds, measured
from bench.visitors import confirmed, register_all
from events.models import Message, Workshop
from events.states import MessageState

_COUNT = 200
_PARALLEL = 8
_COUNTED = 20


def run(house: House) -> Iterator[Row]:
    """Measure registrations at one workshop."""
    workshop = data.workshop(data.campaign(), capacity=None)
    with house.web() as web, house.worker() as worker:
        _registered(house, web, workshop, count=_PARALLEL)
        ours = (web.pid, worker.pid, house.database_pid, house.broker_pid)
        sandbox_before = cpu_seconds([house.sandbox_pid])
        with measured(ours) as spent:
            seconds = _registered(house, web, workshop, count=_COUNT)
        sandbox_ms = (cpu_seconds([house.sandbox_pid]) - sandbox_before) / _COUNT * 1000
        with counted(house) as statements:
            _registered(house, web, workshop, count=_COUNTED, parallel=1)
    beside = f"sandbox, not counted: {sandbox_ms:.0f} ms"
    yield at_most("registration: CPU", spent.seconds / _COUNT * 1000, "ms", 50, beside)
    yield at_least("registrations", _COUNT / seconds, "/s", 25)
    each = len(statements.texts) / _COUNTED
    yield at_most("registration: SQL", each, "statements", 40, "BEGIN, COMMIT and mail included")


def _registered(
    house: House, web: Running, workshop: Workshop, *, count: int, parallel: int = _PARALLEL
) -> float:
    """Let visitors register; return the seconds until all are confirmed."""
    wanted = confirmed(workshop) + count
    started = time.perf_counter()
    register_all(house, web.url, data.path(workshop), count=count, parallel=parallel)
    wait_for(lambda: confirmed(workshop) == wanted, what="every confirmation")
    seconds = time.perf_counter() - started
    unsent = Message.objects.exclude(state=MessageState.SENT)
    wait_for(lambda: not unsent.exists(), what="every mail")
    return seconds
