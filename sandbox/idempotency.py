"""Idempotency keys: the same key and parameters get the same answer.

Source: docs.stripe.com/api/idempotent_requests. Keys are kept for 24 hours of the sandbox clock,
per account; replies say ``Idempotent-Replayed: true``.
"""

import hashlib
import threading
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.errors import bad_parameter, idempotency_in_use, idempotency_mismatch
from sandbox.shapes import Json
from sandbox.store import Store

KIND = "sandbox.idempotency"
KEPT_SECONDS = 24 * 3600
LONGEST = 255


@dataclass(frozen=True)
class Claim:
    """A key that one request holds while it works."""

    account: str
    key: str
    fingerprint: str


class Idempotency:
    """Remembers the answers of requests that carried a key."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Takes the store that keeps the answers."""
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._at_work: set[tuple[str, str]] = set()
        self._forget_old()

    def _forget_old(self) -> None:
        """Drops what may be forgotten, so that the state of a long demo does not only grow."""
        oldest = self._clock.now() - KEPT_SECONDS
        with self._store.transaction():
            for account in self._store.accounts():
                for entry in self._store.newest_first(account, KIND):
                    if entry["created"] <= oldest:
                        self._store.delete(account, KIND, entry["id"])

    def claim(self, account: str, key: str, method: str, path: str, body: str) -> Claim:
        """Takes the key for a request; raises ``StripeError`` (409) while another one has it."""
        if len(key) > LONGEST:
            raise bad_parameter(
                f"Idempotency keys can be at most {LONGEST} characters.", param="Idempotency-Key"
            )
        with self._lock:
            if (account, key) in self._at_work:
                raise idempotency_in_use(key)
            self._at_work.add((account, key))
        fingerprint = hashlib.sha256(f"{method} {path}\n{body}".encode()).hexdigest()
        return Claim(account, key, fingerprint)

    def release(self, claim: Claim) -> None:
        """Gives the key back when the request is answered."""
        with self._lock:
            self._at_work.discard((claim.account, claim.key))

    def remembered(self, claim: Claim) -> tuple[int, str] | None:
        """The stored (status, body); raises ``StripeError`` when the parameters differ."""
        entry = self._store.get(claim.account, KIND, claim.key)
        if entry is None or entry["created"] + KEPT_SECONDS <= self._clock.now():
            return None
        if entry["fingerprint"] != claim.fingerprint:
            raise idempotency_mismatch(claim.key)
        return entry["status"], entry["body"]

    def remember(self, claim: Claim, status: int, body: str) -> None:
        """Stores an answer (inside the transaction of its request)."""
        entry: Json = {
            "id": claim.key,
            "fingerprint": claim.fingerprint,
            "status": status,
            "body": body,
            "created": self._clock.now(),
        }
        self._store.put(claim.account, KIND, entry)
