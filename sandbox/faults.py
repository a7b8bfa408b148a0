"""Makes the next API calls fail in the ways that networks and Stripe can fail."""

import threading
import time
from dataclasses import dataclass

HOWS = ("timeout", "reset", "500", "409", "429", "after", "slow")


@dataclass(frozen=True)
class Fault:
    """How a call fails. ``seconds`` is the wait of "timeout" and "slow"."""

    how: str
    seconds: float


class Faults:
    """The failures still to come, in the order they were asked for."""

    def __init__(self) -> None:
        """Starts with none."""
        self._lock = threading.Lock()
        self._planned: list[tuple[str, str, Fault]] = []

    def plan(self, fault: Fault, *, count: int, path: str = "/v1/", method: str = "") -> None:
        """The next ``count`` calls whose path starts with ``path`` fail."""
        with self._lock:
            self._planned.extend([(method.upper(), path, fault)] * count)

    def take(self, method: str, path: str, *, only: str = "") -> Fault | None:
        """The failure of this call, used up by asking; "slow" ones wait for ``pause``."""
        if not self._planned:
            return None
        with self._lock:
            for position, (verb, prefix, fault) in enumerate(self._planned):
                wanted = fault.how == only if only else fault.how != "slow"
                if wanted and path.startswith(prefix) and verb in ("", method):
                    del self._planned[position]
                    return fault
        return None

    def pause(self, method: str, path: str) -> None:
        """Waits while the call holds its idempotency key, if a "slow" failure is planned."""
        fault = self.take(method, path, only="slow")
        if fault is not None:
            time.sleep(fault.seconds)

    def left(self) -> int:
        """How many planned failures have not happened yet."""
        return len(self._planned)

    def clear(self) -> None:
        """Forgets all planned failures."""
        with self._lock:
            self._planned.clear()
