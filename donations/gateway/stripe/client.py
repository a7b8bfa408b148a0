"""Stripe's API and webhooks, through its own library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

import stripe
from django.conf import settings

from donations.gateway.stripe import read
from donations.gateway.stripe.asking import errors, fields_of
from donations.gateway.stripe.line import DatedLine
from donations.gateway.stripe.payouts import PayoutReading
from donations.gateway.types import (
    AccountState,
    BalanceMovement,
    CheckoutSession,
    EventReference,
    Gateway,
    GatewayError,
    Payment,
    SessionImpossibleError,
    SignatureError,
)
from events.states import TEST_ACCOUNT

if TYPE_CHECKING:
    from fundraiser.test_mode_settings import StripeTest

API_VERSION: Final = "2026-08-26.dahlia"
#: docs.stripe.com/api/events/list: so many types are listed by one request.
MOST_TYPES: Final = 20
#: docs.stripe.com/webhooks, "Replay attacks": Stripe's libraries allow five minutes.
SIGNATURE_TOLERANCE_SECONDS: Final = 300
_PAYMENT: Final = [
    "payment_intent.latest_charge.balance_transaction",
    "payment_intent.latest_charge.refunds",
]

stripe.enable_telemetry = False


class StripeGateway(PayoutReading):
    """The Gateway protocol over ``stripe.StripeClient``."""

    def __init__(
        self, client: stripe.StripeClient, line: DatedLine, test: stripe.StripeClient | None
    ) -> None:
        super().__init__(client, test)
        self._line = line

    def create_session(
        self, parameters: Mapping[str, Any], *, idempotency_key: str, account: str
    ) -> CheckoutSession:
        """See Gateway."""
        with errors():
            try:
                made = self._at(account).v1.checkout.sessions.create(
                    cast("Any", parameters),
                    self._options(account, idempotency_key=idempotency_key),
                )
            except stripe.InvalidRequestError as error:
                raise SessionImpossibleError(
                    str(error),
                    out_of_time=error.param == "expires_at",
                    reason=error.code or error.param or "",
                ) from error
        return read.session(fields_of(made))

    def fetch_session(self, session_id: str, *, account: str) -> CheckoutSession:
        """See Gateway."""
        with errors():
            found = self._at(account).v1.checkout.sessions.retrieve(
                session_id, None, self._options(account)
            )
        return read.session(fields_of(found))

    def expire_session(self, session_id: str, *, account: str) -> None:
        """See Gateway. Stripe refuses where the session is not open: then nothing is to be done."""
        try:
            with errors():
                self._at(account).v1.checkout.sessions.expire(
                    session_id, None, self._options(account)
                )
        except GatewayError as error:
            if error.retryable or self.fetch_session(session_id, account=account).status == "open":
                raise

    def fetch_payment(self, session_id: str, *, account: str) -> Payment:
        """See Gateway."""
        options = self._options(account)
        with errors():
            # The answer as it came: making objects of it takes longer than asking for it.
            found: dict[str, Any] = (
                self._at(account)
                .raw_request(
                    "get", f"/v1/checkout/sessions/{session_id}", expand=_PAYMENT, **options
                )
                .data
            )
            intent = read.expanded(found.get("payment_intent"))
            charge = read.expanded(intent.get("latest_charge"))
            listed = read.expanded(charge.get("refunds"))
            refunds = list(listed.get("data", []))
            if listed.get("has_more"):
                pages = self._at(account).v1.refunds.list({"charge": charge["id"]}, options)
                refunds = [fields_of(one) for one in pages.auto_paging_iter()]
            disputes: list[dict[str, Any]] = []
            if charge.get("disputed"):
                page = self._at(account).v1.disputes.list({"charge": charge["id"]}, options)
                disputes = [fields_of(one) for one in page.auto_paging_iter()]
        return read.payment(
            found,
            tuple(read.refund(one) for one in refunds),
            tuple(read.dispute(one) for one in disputes),
        )

    def session_of_payment_intent(self, payment_intent_id: str, *, account: str) -> str | None:
        """See Gateway."""
        with errors():
            page = self._at(account).v1.checkout.sessions.list(
                {"payment_intent": payment_intent_id, "limit": 1}, self._options(account)
            )
        return next((one.id for one in page.data), None)

    def payment_intent_of_charge(self, charge_id: str, *, account: str) -> str | None:
        """See Gateway."""
        with errors():
            charge = self._at(account).v1.charges.retrieve(charge_id, None, self._options(account))
        return read.identifier(fields_of(charge).get("payment_intent"))

    def refund(
        self, payment_intent_id: str, *, minor: int | None, idempotency_key: str, account: str
    ) -> str:
        """See Gateway."""
        parameters: dict[str, Any] = {"payment_intent": payment_intent_id}
        if minor is not None:
            parameters["amount"] = minor
        with errors():
            made = self._at(account).v1.refunds.create(
                cast("Any", parameters), self._options(account, idempotency_key=idempotency_key)
            )
        return made.id

    def create_account(
        self, parameters: Mapping[str, Any], *, idempotency_key: str
    ) -> AccountState:
        """See Gateway."""
        with errors():
            made = self._client.v1.accounts.create(
                cast("Any", parameters), self._options("", idempotency_key=idempotency_key)
            )
        return read.account(fields_of(made))

    def fetch_account(self, account: str) -> AccountState:
        """See Gateway."""
        with errors():
            found = self._client.v1.accounts.retrieve(account)
        return read.account(fields_of(found))

    def onboarding_url(self, account: str, *, return_url: str, refresh_url: str) -> str:
        """See Gateway (docs.stripe.com/connect/hosted-onboarding)."""
        with errors():
            made = self._client.v1.account_links.create(
                {
                    "account": account,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            )
        return made.url

    def events_since(
        self,
        since: datetime,
        *,
        account: str,
        until: datetime | None = None,
        types: Sequence[str] = (),
    ) -> Iterator[EventReference]:
        """See Gateway."""
        created = {"gte": int(since.timestamp())}
        if until is not None:
            created["lt"] = int(until.timestamp())
        # Without types one request for all of them.
        for first in range(0, len(types) or 1, MOST_TYPES):
            some = list(types[first : first + MOST_TYPES])
            narrow = {"types": some} if some else {}
            with errors():
                page = self._at(account).v1.events.list(
                    cast("Any", {"created": created, "limit": 100, **narrow}),
                    self._options(account),
                )
                for one in page.auto_paging_iter():
                    fields = fields_of(one)
                    # Stripe names the account in deliveries, not in an account's own list.
                    fields["account"] = fields.get("account") or account
                    yield read.event(fields)

    def movements_since(self, since: datetime, *, account: str) -> Iterator[BalanceMovement]:
        """See Gateway."""
        with errors():
            page = self._at(account).v1.balance_transactions.list(
                {"created": {"gte": int(since.timestamp())}, "limit": 100}, self._options(account)
            )
            for one in page.auto_paging_iter():
                yield read.movement(fields_of(one))

    def clock_skew(self) -> float | None:
        """See Gateway."""
        return self._line.skew

    def read_delivery(self, body: bytes, signature: str, *, connect: bool) -> EventReference:
        """See Gateway. Every configured secret is tried: there are two during a rotation."""
        secrets = (
            settings.STRIPE_CONNECT_WEBHOOK_SECRETS if connect else settings.STRIPE_WEBHOOK_SECRETS
        )
        if not signature.isascii():  # Stripe's library cannot compare other characters
            raise SignatureError("not a signature")
        if (text := _signed(body, signature, secrets)) is not None:
            event = _event(text)
            if event.account == TEST_ACCOUNT:
                raise SignatureError("names the account of the test keys, signed by another secret")
            return event
        tests = [] if connect else settings.STRIPE_TEST.webhook_secrets
        if (text := _signed(body, signature, tests)) is not None:
            event = _event(text)
            if event.livemode or event.account:
                raise SignatureError("signed by the test secret, but no test event of our account")
            return replace(event, account=TEST_ACCOUNT)
        raise SignatureError("no configured secret signed these bytes")


def _signed(body: bytes, signature: str, secrets: Sequence[str]) -> str | None:
    """Return the text of a body that one of the secrets signed, or None."""
    for secret in secrets:
        try:
            text = body.decode("utf-8")
            stripe.WebhookSignature.verify_header(
                text, signature, secret, SIGNATURE_TOLERANCE_SECONDS
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError, ValueError):
            continue
        return text
    return None


def _event(text: str) -> EventReference:
    try:
        return read.event(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise SignatureError("signed, but no event") from error


def _client(key: str, base: str, line: DatedLine, retries: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base},
        max_network_retries=retries,
        http_client=line,
    )


@lru_cache(maxsize=4)
def _cached(base: str, key: str, test: StripeTest, visitors: bool) -> StripeGateway:  # noqa: FBT001
    retries = 0 if visitors else 2
    timeout = cast("Any", (1, 3) if visitors else (3.05, 20))
    line = DatedLine(timeout=timeout)
    by_test = None
    if test.is_set:
        beside = DatedLine(timeout=timeout)
        by_test = _client(test.secret_key, test.api_base, beside, retries)
    return StripeGateway(_client(key, base, line, retries), line, by_test)


def _gateway(*, visitors: bool) -> Gateway:
    base, key = settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY
    return _cached(base, key, settings.STRIPE_TEST, visitors=visitors)


def for_visitors() -> Gateway:
    """Return the gateway for a request that a visitor waits for: (1, 3) s, no retry."""
    return _gateway(visitors=True)


def for_workers() -> Gateway:
    """Return the gateway for background work: (3.05, 20) s, two retries."""
    return _gateway(visitors=False)
