"""Records events and hands them to the deliveries (docs.stripe.com/api/events)."""

import json

from sandbox import identifiers, strictness
from sandbox.clock import Clock
from sandbox.deliveries import Courier
from sandbox.expansion import Renderer
from sandbox.schema import skeleton
from sandbox.shapes import Json
from sandbox.store import Store

DEFAULT_VERSION = "2026-08-26.dahlia"


class Events:
    """The event log of every account."""

    def __init__(
        self, store: Store, clock: Clock, renderer: Renderer, courier: Courier, *, strict: bool
    ) -> None:
        """Takes what an event is made from and who carries it; ``strict`` checks them all."""
        self._strict = strict
        self._store = store
        self._clock = clock
        self._renderer = renderer
        self._courier = courier
        self.request: Json | None = None
        """The API request at work: {id, idempotency_key}; None outside of requests."""

    def emit(self, account: str, kind: str, value: Json, previous: Json | None = None) -> Json:
        """Records one event about ``value`` as it is now, and queues its deliveries.

        ``previous`` holds the former values of what changed (``data.previous_attributes``).
        """
        # The text round trip freezes the object as it is at this moment.
        snapshot = json.loads(json.dumps(self._renderer.plain(value)))
        event = {
            **skeleton("event"),
            "id": identifiers.new("event"),
            "type": kind,
            "api_version": DEFAULT_VERSION,
            "created": self._clock.now(),
            "data": {"object": snapshot},
            "request": self.request or {"id": None, "idempotency_key": None},
            "pending_webhooks": 0,
        }
        if previous is not None:
            event["data"]["previous_attributes"] = previous
        if account:
            event["account"] = account
        if self._strict:
            strictness.check_event(event)
        self._store.put(account, "event", event)
        self._courier.enqueue(account, event)
        return event
