"""Carries events to webhook endpoints: signed, in the background, with retries.

Source: docs.stripe.com/webhooks (at least once, any order, retried for up to three days).
"""

import heapq
import itertools
import json
import threading
import time

from sandbox import identifiers, posting, signatures
from sandbox.expansion import Renderer
from sandbox.shapes import PLATFORM, Json
from sandbox.store import Store

KIND = "delivery"
WORKERS = 8
GIVE_UP_AFTER = 3 * 24 * 3600
LONGEST_PAUSE = 60
UNSENT = ("pending", "held")


class Courier:
    """The queue of deliveries and the threads that send them."""

    def __init__(self, store: Store, renderer: Renderer) -> None:
        """Takes up the deliveries that a former run left unsent."""
        self._store = store
        self._renderer = renderer
        self._queue: list[tuple[float, int, str, bool]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._answered = threading.Condition()
        self._unsent: dict[str, None] = {}
        self.reload()

    def start(self) -> None:
        """Starts the sending threads."""
        for number in range(WORKERS):
            threading.Thread(target=self._work, name=f"courier-{number}", daemon=True).start()

    def reload(self) -> None:
        """Reads the unsent deliveries again, after a reset."""
        self._unsent.clear()
        for delivery in reversed(self._store.newest_first(PLATFORM, KIND)):
            if delivery["state"] in UNSENT:
                self._unsent[delivery["id"]] = None
            if delivery["state"] == "pending":
                self._push(delivery["id"], delivery["due"])

    @property
    def holding(self) -> bool:
        """Whether nothing is sent by itself."""
        return self._store.get(PLATFORM, "sandbox.deliveries", "mode") is not None

    def hold(self, *, on: bool) -> None:
        """Switches between holding everything back and sending at once."""
        if on:
            self._store.put(PLATFORM, "sandbox.deliveries", {"id": "mode"})
        elif self.holding:
            self._store.delete(PLATFORM, "sandbox.deliveries", "mode")
        for identifier in list(self._unsent):
            delivery = self._delivery(identifier)
            delivery["state"] = "held" if on else "pending"
            self._store.put(PLATFORM, KIND, delivery)
            if not on:
                self._push(identifier, time.time())

    def enqueue(self, account: str, event: Json) -> None:
        """Makes one delivery for each endpoint that wants the event (inside a transaction)."""
        for endpoint in self.endpoints_for(account, event["type"]):
            event["pending_webhooks"] += 1
            delivery: Json = {
                "id": identifiers.new(KIND),
                "event": event["id"],
                "type": event["type"],
                "account": account,
                "endpoint": endpoint["id"],
                "owner": endpoint["_owner"],
                "state": "held" if self.holding else "pending",
                "created": time.time(),
                "due": time.time(),
                "answers": [],
            }
            self._store.put(PLATFORM, KIND, delivery)
            self._unsent[delivery["id"]] = None
            if delivery["state"] == "pending":
                self._push(delivery["id"], delivery["due"])

    def endpoints_for(self, account: str, kind: str) -> list[Json]:
        """The enabled endpoints that an event of this account and type goes to."""
        own = self._store.newest_first(account, "webhook_endpoint")
        found = [endpoint for endpoint in own if not endpoint["_connect"]]
        if account:
            platform = self._store.newest_first(PLATFORM, "webhook_endpoint")
            found += [endpoint for endpoint in platform if endpoint["_connect"]]
        return [
            endpoint
            for endpoint in reversed(found)
            if endpoint["status"] == "enabled"
            and ("*" in endpoint["enabled_events"] or kind in endpoint["enabled_events"])
        ]

    def unsent(self) -> list[Json]:
        """What is still to be sent: event, account, url, exact body, freshly signed headers."""
        messages = [self.message(self._delivery(identifier)) for identifier in self._unsent]
        return [message for message in messages if message is not None]

    def message(self, delivery: Json) -> Json | None:
        """One delivery as it would be sent now; None when its endpoint or event is gone."""
        endpoint = self._store.get(delivery["owner"], "webhook_endpoint", delivery["endpoint"])
        event = self._store.get(delivery["account"], "event", delivery["event"])
        if endpoint is None or event is None:
            return None
        body = json.dumps(self._renderer.plain(event), indent=2, ensure_ascii=False)
        return {
            "id": delivery["id"],
            "event": event["id"],
            "type": event["type"],
            "account": delivery["account"],
            "url": endpoint["url"],
            "body": body,
            "headers": {
                "Content-Type": "application/json; charset=utf-8",
                "Stripe-Signature": signatures.header(body, endpoint["_secret"]),
                "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            },
        }

    def of_event(self, event: str) -> list[Json]:
        """All deliveries of one event, the oldest first."""
        return list(reversed(self._store.having(PLATFORM, KIND, "event", event)))

    def drop(self, event: str) -> int:
        """Loses the unsent deliveries of an event; returns how many."""
        unsent = [entry for entry in self.of_event(event) if entry["state"] in UNSENT]
        for delivery in unsent:
            self._finish(delivery, "dropped")
        return len(unsent)

    def forget(self, account: str) -> None:
        """Loses what one account still had to send, after its reset."""
        for identifier in list(self._unsent):
            delivery = self._delivery(identifier)
            if delivery["account"] == account:
                self._finish(delivery, "dropped")

    def send_later(self, event: str, delay: float) -> int:
        """Sends every delivery of an event once after ``delay`` seconds; returns how many."""
        deliveries = self.of_event(event)
        for delivery in deliveries:
            self._push(delivery["id"], time.time() + delay, forced=True)
        return len(deliveries)

    def send_now(self, event: str, times: int) -> list[Json]:
        """Sends every delivery of an event ``times`` times; not inside a transaction."""
        with self._store.transaction():
            identifiers_ = [delivery["id"] for delivery in self.of_event(event)]
        answers = []
        for identifier in identifiers_:
            for _ in range(times):
                answer = self._attempt(identifier, forced=True)
                if answer is not None:
                    answers.append(answer)
        return answers

    def wait_for(self, event: str, seconds: float) -> None:
        """Waits until every delivery of an event was tried once, or the seconds are over."""
        with self._answered:
            self._answered.wait_for(lambda: self._tried(event), seconds)

    def _tried(self, event: str) -> bool:
        with self._store.transaction():
            deliveries = self.of_event(event)
            return all(entry["answers"] or entry["state"] != "pending" for entry in deliveries)

    def _delivery(self, identifier: str) -> Json:
        delivery = self._store.get(PLATFORM, KIND, identifier)
        if delivery is None:
            raise KeyError(identifier)
        return delivery

    def _push(self, identifier: str, due: float, *, forced: bool = False) -> None:
        with self._wake:
            heapq.heappush(self._queue, (due, next(self._order), identifier, forced))
            self._wake.notify()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._queue or self._queue[0][0] > time.time():
                    pause = self._queue[0][0] - time.time() if self._queue else None
                    self._wake.wait(pause)
                _, _, identifier, forced = heapq.heappop(self._queue)
            self._attempt(identifier, forced=forced)

    def _attempt(self, identifier: str, *, forced: bool) -> Json | None:
        """One try: (1) read under the lock, (2) send without it, (3) note the answer under it."""
        with self._store.transaction():
            delivery = self._store.get(PLATFORM, KIND, identifier)
            if delivery is None or not (forced or delivery["state"] == "pending"):
                return None
            message = self.message(delivery)
            if message is None:
                self._finish(delivery, "dropped")
                return None
        answer = posting.post(message["url"], message["body"].encode(), message["headers"])
        answer.update(at=time.time(), event=message["event"], url=message["url"])
        with self._store.transaction():
            known = self._store.get(PLATFORM, KIND, identifier)
            if known is not None:
                self._note(known, answer)
        with self._answered:
            self._answered.notify_all()
        return answer

    def _note(self, delivery: Json, answer: Json) -> None:
        delivery["answers"] = [*delivery["answers"], answer][-20:]
        if answer["status"] is not None and 200 <= answer["status"] < 300:
            self._finish(delivery, "delivered")
            return
        self._store.put(PLATFORM, KIND, delivery)
        if delivery["state"] != "pending":
            return
        if time.time() - delivery["created"] > GIVE_UP_AFTER:
            self._finish(delivery, "failed")
            return
        pause = min(LONGEST_PAUSE, 2 ** (len(delivery["answers"]) - 1))
        delivery["due"] = time.time() + pause
        self._push(delivery["id"], delivery["due"])

    def _finish(self, delivery: Json, state: str) -> None:
        if delivery["state"] in UNSENT:
            event = self._store.get(delivery["account"], "event", delivery["event"])
            if event is not None:
                event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
                self._store.put(delivery["account"], "event", event)
        delivery["state"] = state
        self._unsent.pop(delivery["id"], None)
        self._store.put(PLATFORM, KIND, delivery)
