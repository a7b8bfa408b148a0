"""Keeps every object in memory and writes each change to an append-only journal.

One line of the journal is one transaction, written with a single ``write`` before the answer
leaves, so that a killed process loses nothing that it acknowledged.
"""

import fcntl
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sandbox.shapes import Json

INDEXED = ("payment_intent", "charge", "source", "payout", "event", "product", "session")
Key = tuple[str, str, str]


class DataFileBusyError(Exception):
    """Another sandbox has the data file open."""


class Store:
    """Objects by (account, kind, id). Every use happens inside ``transaction()``."""

    def __init__(self, path: Path | None) -> None:
        """Opens and replays the journal at ``path``; None keeps everything in memory only."""
        self._lock = threading.RLock()
        self._depth = 0
        self._changed: dict[Key, None] = {}
        self._objects: dict[tuple[str, str], dict[str, Json]] = {}
        self._index: dict[tuple[str, str, str, str], dict[str, None]] = {}
        self._indexed: dict[Key, list[tuple[str, str, str, str]]] = {}
        self._homes: dict[tuple[str, str], str] = {}
        self._journal: IO[bytes] | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock_file = self._locked(path)
            self._replay(path)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Excludes other threads; what changed inside is in the journal when it ends."""
        with self._lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0 and self._changed:
                    self._write()

    def get(self, account: str, kind: str, identifier: str) -> Json | None:
        """One object, or None."""
        return self._objects.get((account, kind), {}).get(identifier)

    def put(self, account: str, kind: str, value: Json) -> Json:
        """Adds an object, or says that it changed (objects are changed in place). Returns it."""
        identifier = value["id"]
        self._place(account, kind, identifier, value)
        self._changed[(account, kind, identifier)] = None
        return value

    def delete(self, account: str, kind: str, identifier: str) -> None:
        """Forgets one object."""
        self._remove(account, kind, identifier)
        self._changed[(account, kind, identifier)] = None

    def newest_first(self, account: str, kind: str) -> list[Json]:
        """All objects of a kind, the newest first, as Stripe lists them."""
        return list(reversed(self._objects.get((account, kind), {}).values()))

    def having(self, account: str, kind: str, field: str, value: str) -> list[Json]:
        """The objects whose indexed ``field`` is ``value``, the newest first."""
        found = self._index.get((account, kind, field, value), {})
        objects = self._objects.get((account, kind), {})
        return [objects[identifier] for identifier in reversed(found)]

    def home(self, kind: str, identifier: str) -> str | None:
        """The account that an id belongs to, or None when there is no such object."""
        return self._homes.get((kind, identifier))

    def accounts(self) -> list[str]:
        """Every account key that owns something, the platform's included."""
        return list(dict.fromkeys(account for account, _ in self._objects))

    def clear(self, account: str | None = None) -> None:
        """Forgets everything, or all that belongs to one account."""
        for owner, kind in list(self._objects):
            if account is None or owner == account:
                for identifier in list(self._objects[(owner, kind)]):
                    self.delete(owner, kind, identifier)

    def close(self) -> None:
        """Closes the journal after the running transaction."""
        with self._lock:
            if self._journal is not None:
                self._journal.close()
                self._journal = None

    def _place(self, account: str, kind: str, identifier: str, value: Json) -> None:
        self._objects.setdefault((account, kind), {})[identifier] = value
        self._homes[(kind, identifier)] = account
        entries = [
            (account, kind, field, value[field])
            for field in INDEXED
            if isinstance(value.get(field), str)
        ]
        known = self._indexed.get((account, kind, identifier), [])
        if entries != known:
            for entry in known:
                self._index[entry].pop(identifier, None)
            for entry in entries:
                self._index.setdefault(entry, {})[identifier] = None
            self._indexed[(account, kind, identifier)] = entries

    def _remove(self, account: str, kind: str, identifier: str) -> None:
        self._objects.get((account, kind), {}).pop(identifier, None)
        self._homes.pop((kind, identifier), None)
        for entry in self._indexed.pop((account, kind, identifier), []):
            self._index[entry].pop(identifier, None)

    def _write(self) -> None:
        changes = [
            [account, kind, identifier, self.get(account, kind, identifier)]
            for account, kind, identifier in self._changed
        ]
        self._changed.clear()
        if self._journal is not None:
            line = json.dumps(changes, separators=(",", ":")).encode() + b"\n"
            self._journal.write(line)

    def _locked(self, path: Path) -> IO[bytes]:
        handle = path.with_name(path.name + ".lock").open("ab")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            raise DataFileBusyError(f"another sandbox is using {path}") from None
        return handle

    def _replay(self, path: Path) -> None:
        """Reads the journal (a torn last line is the transaction that was never answered)."""
        if path.exists():
            for line in path.read_bytes().split(b"\n"):
                try:
                    changes = json.loads(line) if line else []
                except ValueError:
                    continue
                for account, kind, identifier, value in changes:
                    if value is None:
                        self._remove(account, kind, identifier)
                    else:
                        self._place(account, kind, identifier, value)
        self._compact(path)

    def _compact(self, path: Path) -> None:
        """Rewrites the journal with only the living objects, atomically."""
        fresh = path.with_name(path.name + ".new")
        with fresh.open("wb") as handle:
            for (account, kind), objects in self._objects.items():
                for identifier, value in objects.items():
                    change = [[account, kind, identifier, value]]
                    handle.write(json.dumps(change, separators=(",", ":")).encode() + b"\n")
        fresh.replace(path)
        self._journal = path.open("ab", buffering=0)
