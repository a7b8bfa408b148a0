"""What the product needs of a payment provider, in its own words. Amounts are minor units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol


class GatewayError(Exception):
    """The provider could not be asked, or refused. ``retryable``: asking again may help."""

    def __init__(self, message: str, *, code: str = "", retryable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable


class SessionImpossibleError(GatewayError):
    """The session can no longer be created, and never was: the attempt may be abandoned.

    Stripe replays the reply of a known idempotency key before it looks at the parameters, so an
    error about one of them (``expires_at`` has passed, the amount is too large) proves that no
    session exists for the key, and asking again gets the same error.

    ``out_of_time``: its end has come too near; otherwise the provider refuses what was asked for.
    ``reason``: the provider's own code for that, or the parameter's name.
    """

    def __init__(self, message: str, *, out_of_time: bool, reason: str = "") -> None:
        super().__init__(message, code="session_impossible", retryable=False)
        self.out_of_time = out_of_time
        self.reason = reason


class AccountGoneError(GatewayError):
    """The connected account does not exist, or its owner ended the connection to us."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="account_gone", retryable=False)


class InProgressError(GatewayError):
    """Another request under the same idempotency key is still being answered."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="in_progress", retryable=True)


class SignatureError(Exception):
    """The delivery was not signed by the provider, was changed, or is too old."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Minor units as the provider says them; the currency in upper case, perhaps unknown to us."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """One payable page at the provider."""

    id: str
    url: str
    status: str  # open, complete, expired
    payment_status: str  # paid, unpaid, no_payment_required
    amount: Amount
    livemode: bool
    expires_at: datetime
    payment_intent_id: str | None
    reference: str  # our donation's public id
    #: What we gave it to keep (services/parameters.py), and what the payer typed on its page.
    metadata: Mapping[str, str] = field(default_factory=dict)
    email: str = ""
    name: str = ""
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class BalanceMovement:
    """One balance transaction: ``minor`` is signed, ``fee_minor`` is what the provider kept."""

    id: str
    kind: str
    source_id: str
    minor: int
    fee_minor: int
    currency: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back. The movements are None as long as no money moved."""

    id: str
    minor: int
    currency: str
    status: str
    created: datetime
    moved: bool
    moved_back: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """A chargeback; ``movements`` are those it made in the balance, in both directions."""

    id: str
    status: str
    movements: tuple[BalanceMovement, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    """Everything the provider knows of one donation, read in one go."""

    session: CheckoutSession
    intent_status: str = ""
    charge_id: str | None = None
    charge_paid: bool = False
    charge_amount: Amount | None = None
    charged_at: datetime | None = None
    movement: BalanceMovement | None = None
    decline_code: str = ""
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()

    @property
    def is_paid(self) -> bool:
        """Whether money arrived: the charge says so, not the session alone."""
        return self.charge_paid and self.session.payment_status == "paid"

    @property
    def is_given_back(self) -> bool:
        """Whether refunds that moved, and did not move back, add up to the whole charge."""
        charge = self.charge_amount
        if charge is None:
            return False
        left = sum(
            one.minor
            for one in self.refunds
            if one.moved and not one.moved_back and one.currency == charge.currency
        )
        return left >= charge.minor


@dataclass(frozen=True, slots=True)
class PayoutState:
    """A transfer to a bank account as it stands; ``minor`` is negative where money was taken."""

    id: str
    minor: int
    currency: str
    status: str  # pending, in_transit, paid, failed, canceled
    arrival_on: date
    automatic: bool
    #: Whether the provider has told everything that is in it.
    complete: bool
    statement_descriptor: str
    #: The bank's own number of the transfer.
    trace: str
    failure_code: str
    created: datetime
    livemode: bool


@dataclass(frozen=True, slots=True)
class EventReference:
    """What is kept of an event: what happened, when, and to which objects."""

    id: str
    type: str
    account: str
    livemode: bool
    created: datetime
    references: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountState:
    """A connected account as it stands. Currencies in upper case."""

    id: str
    country: str
    default_currency: str
    #: Those that it settles in: it has a bank account in them, or it is its default.
    currencies: tuple[str, ...]
    charges_enabled: bool
    payouts_enabled: bool
    details_submitted: bool
    #: The provider's codes of what is due, the overdue first, and of what it is looking at.
    requirements: tuple[str, ...]
    pending: tuple[str, ...]
    due_by: datetime | None
    disabled_reason: str


class Gateway(Protocol):
    """One provider. ``account`` is a connected account's id, or empty for the site's own."""

    def create_session(
        self, parameters: Mapping[str, Any], *, idempotency_key: str, account: str
    ) -> CheckoutSession:
        """Create, or get again under the same key, a payable session.

        Raises SessionImpossibleError or GatewayError.
        """

    def fetch_session(self, session_id: str, *, account: str) -> CheckoutSession:
        """Return the session as it stands. Raises GatewayError."""

    def expire_session(self, session_id: str, *, account: str) -> None:
        """Make an open session unpayable; one that is complete or expired stays as it is."""

    def fetch_payment(self, session_id: str, *, account: str) -> Payment:
        """Return the session with its charge, refunds and disputes. Raises GatewayError."""

    def session_of_payment_intent(self, payment_intent_id: str, *, account: str) -> str | None:
        """Return the id of the session that made a payment intent, if one did."""

    def payment_intent_of_charge(self, charge_id: str, *, account: str) -> str | None:
        """Return the id of the payment intent that made a charge, if one did."""

    def refund(
        self, payment_intent_id: str, *, minor: int | None, idempotency_key: str, account: str
    ) -> str:
        """Refund all that is left, or ``minor`` units, and return the refund's id."""

    def create_account(
        self, parameters: Mapping[str, Any], *, idempotency_key: str
    ) -> AccountState:
        """Create, or get again under the same key, a connected account. Raises GatewayError."""

    def fetch_account(self, account: str) -> AccountState:
        """Return a connected account as it stands. Raises AccountGoneError or GatewayError."""

    def onboarding_url(self, account: str, *, return_url: str, refresh_url: str) -> str:
        """Return the address of the provider's page, good for minutes, that asks what is due.

        Raises AccountGoneError or GatewayError.
        """

    def events_since(
        self,
        since: datetime,
        *,
        account: str,
        until: datetime | None = None,
        types: Sequence[str] = (),
    ) -> Iterator[EventReference]:
        """Yield the events created since then (the provider keeps 30 days), and before ``until``.

        Of these types alone, or of all. Within a type the oldest comes last.
        """

    def movements_since(self, since: datetime, *, account: str) -> Iterator[BalanceMovement]:
        """Yield the balance transactions created since then."""

    def clock_skew(self) -> float | None:
        """Return our clock less the provider's by its last answer, in seconds; None before it."""

    def fetch_payout(self, payout_id: str, *, account: str) -> PayoutState:
        """Return a payout as it stands. Raises GatewayError."""

    def payouts_since(self, since: datetime, *, account: str) -> Iterator[PayoutState]:
        """Yield the payouts created since then. Raises GatewayError."""

    def movements_of_payout(self, payout_id: str, *, account: str) -> Iterator[BalanceMovement]:
        """Yield the balance transactions that an automatic payout holds, without its own."""

    def read_delivery(self, body: bytes, signature: str, *, connect: bool) -> EventReference:
        """Verify a webhook delivery's bytes and return its event. Raises SignatureError."""
