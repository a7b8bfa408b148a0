"""The sandbox's clock: real time plus an offset that the controls move, or a frozen instant."""

import time

from sandbox.shapes import PLATFORM
from sandbox.store import Store

KIND = "sandbox.clock"


class Clock:
    """Unix seconds (UTC). The offset is stored, so a restart keeps the sandbox's time."""

    def __init__(self, store: Store) -> None:
        """Takes the store that remembers the offset."""
        self._store = store

    def now(self) -> int:
        """The sandbox's time, in whole Unix seconds."""
        setting = self._store.get(PLATFORM, KIND, "clock")
        if setting is None:
            return int(time.time())
        if setting["frozen_at"] is not None:
            return int(setting["frozen_at"])
        return int(time.time() + setting["offset"])

    def move_to(self, now: int, *, freeze: bool = False) -> None:
        """Sets the time; it runs on from there unless frozen."""
        self._store.put(
            PLATFORM,
            KIND,
            {
                "id": "clock",
                "offset": now - time.time(),
                "frozen_at": now if freeze else None,
            },
        )

    def advance(self, seconds: int) -> None:
        """Moves the time forward (or back); a frozen clock stays frozen."""
        setting = self._store.get(PLATFORM, KIND, "clock")
        frozen = setting is not None and setting["frozen_at"] is not None
        self.move_to(self.now() + seconds, freeze=frozen)
