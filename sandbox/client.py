"""Steers a running sandbox from tests and from the demo. Only the standard library is needed."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from sandbox.shapes import Json


class SandboxRefusedError(Exception):
    """A control was refused: ``status`` is the HTTP status, ``error`` Stripe's error fields."""

    def __init__(self, status: int, error: Json) -> None:
        """Takes the HTTP status and the error object of the answer."""
        super().__init__(f"{status}: {error.get('message')}")
        self.status = status
        self.error = error


class SandboxControl:
    """One method for each control under ``/_sandbox/``; docs/sandbox.md tells them in a table."""

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        """``url`` is the address that the sandbox printed; ``timeout`` in seconds."""
        self.url = url.rstrip("/")
        self._timeout = timeout

    def pay(
        self,
        session: str,
        *,
        card: str | None = None,
        method: str = "card",
        account_number: str | None = None,
        email: str | None = None,
        name: str | None = None,
        outcome: str | None = None,
    ) -> Json:
        """Pays a session as the hosted page does: {status, payment_intent, decline_code?}.

        ``account_number`` is an IBAN or a US account number, for the bank debits.
        """
        return self._post(
            "pay",
            session=session,
            card=card,
            method=method,
            account_number=account_number,
            email=email,
            name=name,
            outcome=outcome,
        )

    def expire(self, session: str) -> Json:
        """Expires an open session."""
        return self._post("expire", session=session)

    def settle_debit(self, session: str, *, succeeded: bool) -> Json:
        """Ends a processing bank debit."""
        return self._post("settle_debit", session=session, succeeded=succeeded)

    def refund(
        self,
        *,
        charge: str | None = None,
        payment_intent: str | None = None,
        session: str | None = None,
        amount: int | None = None,
    ) -> Json:
        """A refund made in Stripe's dashboard; ``amount`` in minor units. Returns the refund."""
        return self._post(
            "refund", charge=charge, payment_intent=payment_intent, session=session, amount=amount
        )

    def fail_refund(self, refund: str) -> Json:
        """The bank sends a refund back. Returns the refund."""
        return self._post("fail_refund", refund=refund)

    def dispute(
        self,
        *,
        charge: str | None = None,
        payment_intent: str | None = None,
        session: str | None = None,
        amount: int | None = None,
        inquiry: bool = False,
        currency: str | None = None,
    ) -> Json:
        """The donor disputes a charge. Returns the dispute."""
        return self._post(
            "dispute",
            charge=charge,
            payment_intent=payment_intent,
            session=session,
            amount=amount,
            inquiry=inquiry,
            currency=currency,
        )

    def dispute_close(self, dispute: str, status: str) -> Json:
        """The bank decides: won or lost. Returns the dispute."""
        return self._post("dispute_close", dispute=dispute, status=status)

    def dispute_reinstate(self, dispute: str) -> Json:
        """A lost dispute is won after all. Returns the dispute."""
        return self._post("dispute_reinstate", dispute=dispute)

    def payout(self, account: str = "") -> list[Json]:
        """Pays the whole balance out. Returns the payouts, one for each currency."""
        made: list[Json] = self._post("payout", account=account)["payouts"]
        return made

    def fail_payout(self, payout: str) -> Json:
        """The bank sends a payout back. Returns the payout."""
        return self._post("fail_payout", payout=payout)

    def late_fees(self, *, on: bool) -> None:
        """Whether the fees of new charges stay unknown."""
        self._post("late_fees", on=on)

    def release_fees(self) -> list[str]:
        """Makes all fees known; returns the ids of the charges."""
        charges: list[str] = self._post("release_fees")["charges"]
        return charges

    def tamper(
        self,
        session: str,
        *,
        amount: int | None = None,
        currency: str | None = None,
        livemode: bool | None = None,
    ) -> Json:
        """Makes a session say something wrong. Returns the session."""
        return self._post(
            "tamper", session=session, amount=amount, currency=currency, livemode=livemode
        )

    def miscount(self, kind: str, identifier: str, field: str, by: int = 1) -> Json:
        """Adds to an amount of an object. Returns the object."""
        return self._post("miscount", kind=kind, id=identifier, field=field, by=by)

    def connect(
        self,
        account: str | None = None,
        *,
        country: str | None = None,
        complete: bool = True,
        steps: list[str] | None = None,
        currencies: list[str] | None = None,
    ) -> Json:
        """An onboarded connected account (a new one, or this id). Returns the account."""
        return self._post(
            "connect",
            account=account,
            country=country,
            complete=complete,
            steps=steps,
            currencies=currencies,
        )

    def require(
        self,
        account: str,
        *,
        due: list[str] | None = None,
        pending: list[str] | None = None,
        blocked: str | None = None,
    ) -> Json:
        """Stripe asks an account for more, or stops it. Returns the account."""
        return self._post("require", account=account, due=due, pending=pending, blocked=blocked)

    def deauthorize(self, account: str) -> None:
        """The account disconnects from the platform."""
        self._post("deauthorize", account=account)

    def early_fraud_warning(self, charge: str) -> str:
        """The network suspects fraud; returns the event's id."""
        event: str = self._post("early_fraud_warning", charge=charge)["event"]
        return event

    def events(self, account: str = "") -> list[Json]:
        """All events of an account, the oldest first."""
        found: list[Json] = self._get("events", account=account)["events"]
        return found

    def balance_transactions(self, account: str = "") -> list[Json]:
        """Every movement of an account, the oldest first."""
        found: list[Json] = self._get("balance_transactions", account=account)
        return found

    def hold_deliveries(self) -> None:
        """Nothing is delivered by itself from now on."""
        self._post("deliveries", mode="hold")

    def deliver_automatically(self) -> None:
        """Everything is delivered at once, what was held back too."""
        self._post("deliveries", mode="auto")

    def deliveries(self) -> list[Json]:
        """What is still to be delivered: {event, type, account, url, body, headers}, signed now."""
        found: list[Json] = self._get("deliveries")
        return found

    def delivered(self) -> list[Json]:
        """Every delivery with its state and answers, the oldest first."""
        found: list[Json] = self._get("delivered")
        return found

    def deliver(self, event: str, *, times: int = 1, delay: float = 0) -> list[Json]:
        """Sends an event now, or after ``delay`` seconds; returns the answers it got by now."""
        answers: list[Json] = self._post("deliver", event=event, times=times, delay=delay).get(
            "answers", []
        )
        return answers

    def drop(self, event: str) -> int:
        """Loses an event's unsent deliveries; returns how many."""
        dropped: int = self._post("drop", event=event)["dropped"]
        return dropped

    def resend_all(self) -> list[Json]:
        """Sends every event once more; returns the answers."""
        answers: list[Json] = self._post("resend_all")["answers"]
        return answers

    def fail_next(
        self,
        how: str,
        *,
        count: int = 1,
        path: str = "/v1/",
        method: str = "",
        seconds: float = 0,
    ) -> None:
        """The next API calls fail: timeout, reset, 500, 409, 429, after or slow.

        "after" does the work and loses the answer; "slow" works after ``seconds``.
        """
        self._post("fail_next", how=how, count=count, path=path, method=method, seconds=seconds)

    def failures_left(self) -> int:
        """How many planned failures have not happened yet."""
        left: int = self._get("fail_next")["left"]
        return left

    def advance(self, seconds: int) -> int:
        """Moves the clock; returns the sandbox's time in Unix seconds."""
        now: int = self._post("clock", advance=seconds)["now"]
        return now

    def set_clock(self, now: int, *, freeze: bool = False) -> int:
        """Sets the clock (Unix seconds) and lets it run on, or freezes it."""
        moved: int = self._post("clock", now=now, freeze=freeze)["now"]
        return moved

    def now(self) -> int:
        """The sandbox's time in Unix seconds."""
        now: int = self._get("clock")["now"]
        return now

    def reset(self, account: str | None = None) -> None:
        """Forgets everything, or one account's objects."""
        self._post("reset", account=account)

    def _post(self, control: str, /, **values: object) -> Json:
        given = {key: value for key, value in values.items() if value is not None}
        answer: Json = self._send(f"{self.url}/_sandbox/{control}", json.dumps(given).encode())
        return answer

    def _get(self, control: str, /, **values: str) -> Any:
        query = urllib.parse.urlencode(values)
        return self._send(f"{self.url}/_sandbox/{control}?{query}", None)

    def _send(self, url: str, body: bytes | None) -> Any:
        request = urllib.request.Request(url, data=body)  # noqa: S310 -- our own http address
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise SandboxRefusedError(refusal.code, json.load(refusal)["error"]) from refusal
