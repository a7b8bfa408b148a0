"""What will happen at a time of the sandbox clock: sessions expire, debits settle, cards dispute.

Entries are stored, so that a restart forgets none of them.
"""

import heapq
import secrets
from collections.abc import Callable

from sandbox.clock import Clock
from sandbox.shapes import PLATFORM, Json
from sandbox.store import Store

KIND = "sandbox.agenda"
Action = Callable[[str, str], object]
"""Called with the account and the id of the object, inside a transaction."""


class Agenda:
    """Due work in order of time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Reads the entries that a former run left."""
        self._store = store
        self._clock = clock
        self._actions: dict[str, Action] = {}
        self._heap: list[tuple[int, str]] = []
        self.reload()

    def reload(self) -> None:
        """Reads all entries again, after a reset."""
        entries = self._store.newest_first(PLATFORM, KIND)
        self._heap = [(entry["due"], entry["id"]) for entry in entries]
        heapq.heapify(self._heap)

    def register(self, name: str, action: Action) -> None:
        """Says what an entry of this name does."""
        self._actions[name] = action

    def add(self, name: str, *, due: int, account: str, target: str) -> None:
        """Plans an action for ``due`` (Unix seconds of the sandbox clock)."""
        entry: Json = {
            "id": secrets.token_hex(8),
            "due": due,
            "name": name,
            "account": account,
            "target": target,
        }
        self._store.put(PLATFORM, KIND, entry)
        heapq.heappush(self._heap, (due, entry["id"]))

    def run_due(self) -> None:
        """Does everything that is due by now, the earliest first."""
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            _, identifier = heapq.heappop(self._heap)
            entry = self._store.get(PLATFORM, KIND, identifier)
            if entry is not None:
                self._store.delete(PLATFORM, KIND, identifier)
                self._actions[entry["name"]](entry["account"], entry["target"])
