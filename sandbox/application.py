"""One running sandbox: its parts, put together."""

from dataclasses import dataclass, field
from pathlib import Path

from sandbox import checkouts, debits, disputes
from sandbox.agenda import Agenda
from sandbox.clock import Clock
from sandbox.deliveries import Courier
from sandbox.events import Events
from sandbox.expansion import Renderer
from sandbox.faults import Faults
from sandbox.idempotency import Idempotency
from sandbox.ledger import Ledger
from sandbox.store import Store


@dataclass
class Options:
    """How the sandbox was started."""

    data: Path | None = None
    strict: bool = False
    live: bool = False
    """Play Stripe's live mode: only live keys are taken, and every object says livemode."""
    webhooks: list[tuple[str, str, bool]] = field(default_factory=list)
    """(url, secret, whether it gets the events of connected accounts)."""
    webhook_events: list[str] = field(default_factory=lambda: ["*"])
    """The event types that these webhooks get (Stripe's ``enabled_events``)."""


class Sandbox:
    """Everything that the endpoints, pages and controls work on."""

    def __init__(self, options: Options) -> None:
        """Opens the data and takes up what a former run left unfinished."""
        self.options = options
        self.base_url = ""
        self.store = Store(options.data)
        self.clock = Clock(self.store)
        self.renderer = Renderer(self.store, live=options.live)
        self.courier = Courier(self.store, self.renderer)
        self.events = Events(
            self.store, self.clock, self.renderer, self.courier, strict=options.strict
        )
        self.ledger = Ledger(self.store, self.clock)
        self.agenda = Agenda(self.store, self.clock)
        self.idempotency = Idempotency(self.store, self.clock)
        self.faults = Faults()
        self._plan()

    def _plan(self) -> None:
        """Says what each kind of agenda entry does."""
        self.agenda.register(
            "expire", lambda account, target: checkouts.expire_if_open(self, account, target)
        )
        self.agenda.register(
            "settle_well",
            lambda account, target: debits.settle(self, account, target, succeeded=True),
        )
        self.agenda.register(
            "settle_badly",
            lambda account, target: debits.settle(self, account, target, succeeded=False),
        )
        self.agenda.register(
            "dispute", lambda account, target: disputes.open_if_new(self, account, target)
        )

    def run_due(self) -> None:
        """Does what the sandbox clock says is due."""
        with self.store.transaction():
            request, self.events.request = self.events.request, None
            try:
                self.agenda.run_due()
            finally:
                self.events.request = request

    def reset(self, account: str | None = None) -> None:
        """Forgets everything, or one account's objects; started endpoints stay."""
        with self.store.transaction():
            self.store.clear(account)
            self.agenda.reload()
            if account is not None:
                self.courier.forget(account)
                return
            self.courier.reload()
            self.faults.clear()
            self.add_started_endpoints()

    def add_started_endpoints(self) -> None:
        """Registers the endpoints of the command line under fixed ids, replacing older ones."""
        from sandbox.api.webhook_endpoints import add_started  # noqa: PLC0415 -- api imports us

        add_started(self)
