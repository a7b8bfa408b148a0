"""What must be true after each event that the tool triggers; the tool itself checks nothing."""

from collections.abc import Callable
from typing import Any

import stripe

from sandbox.client import SandboxControl

Check = Callable[["World"], None]
CASES: dict[str, Check] = {}
LATER = 20


class World:
    """The sandbox after a trigger: its events and Stripe's own client."""

    def __init__(self, url: str) -> None:
        self.control = SandboxControl(url)
        self.client = stripe.StripeClient("sk_test_conformance", base_addresses={"api": url})

    def types(self, account: str = "") -> list[str]:
        return [event["type"] for event in self.control.events(account)]

    def last(self, kind: str, account: str = "") -> Any:
        """The object inside the newest event of this type."""
        found = [event for event in self.control.events(account) if event["type"] == kind]
        assert found, f"no {kind} among {self.types(account)}"
        return found[-1]["data"]["object"]

    def session(self) -> Any:
        """The only session, with its payment expanded."""
        sessions = self.client.v1.checkout.sessions.list().data
        assert len(sessions) == 1
        paths = ["payment_intent.latest_charge.balance_transaction", "line_items"]
        return self.client.v1.checkout.sessions.retrieve(sessions[0].id, {"expand": paths})

    def connected(self) -> str:
        """The account that the tool made."""
        return self.client.v1.accounts.list().data[0].id


def case(event: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        CASES[event] = check
        return check

    return register


def same(found: object, wanted: object) -> None:
    assert found == wanted, f"found {found!r}, wanted {wanted!r}"


@case("checkout.session.completed")
def completed(world: World) -> None:
    session = world.session()
    same((session.status, session.payment_status, session.amount_total), ("complete", "paid", 3000))
    same(session.line_items.data[0].quantity, 2)
    charge = session.payment_intent.latest_charge
    same((charge.amount, charge.paid, charge.shipping.name), (3000, True, "Jenny Rosen"))
    same((charge.balance_transaction.amount, charge.balance_transaction.fee), (3000, 117))
    same(world.last("checkout.session.completed")["id"], session.id)
    same(
        world.types()[2:],
        [
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "checkout.session.completed",
            "charge.updated",
        ],
    )


@case("checkout.session.async_payment_succeeded")
def debit_succeeded(world: World) -> None:
    same(world.last("checkout.session.completed")["payment_status"], "unpaid")
    same(world.session().payment_intent.status, "processing")
    same(world.session().payment_intent.latest_charge.balance_transaction, None)
    world.control.advance(LATER)
    session = world.session()
    same((session.payment_status, session.payment_intent.status), ("paid", "succeeded"))
    same(session.payment_intent.latest_charge.balance_transaction.type, "payment")
    assert "checkout.session.async_payment_succeeded" in world.types()


@case("checkout.session.async_payment_failed")
def debit_failed(world: World) -> None:
    world.control.advance(LATER)
    session = world.session()
    same((session.status, session.payment_status), ("complete", "unpaid"))
    same(session.payment_intent.status, "requires_payment_method")
    same(world.last("checkout.session.async_payment_failed")["id"], session.id)
    same(world.client.v1.balance_transactions.list().data, [])


@case("checkout.session.expired")
def expired(world: World) -> None:
    session = world.session()
    same((session.status, session.url, session.payment_status), ("expired", None, "unpaid"))
    same(world.last("checkout.session.expired")["status"], "expired")


@case("payment_intent.created")
def intent_created(world: World) -> None:
    same(world.last("payment_intent.created")["status"], "requires_payment_method")


@case("payment_intent.succeeded")
def intent_succeeded(world: World) -> None:
    intent = world.last("payment_intent.succeeded")
    same((intent["amount_received"], intent["status"]), (2000, "succeeded"))


@case("payment_intent.payment_failed")
def intent_failed(world: World) -> None:
    intent = world.last("payment_intent.payment_failed")
    same(intent["last_payment_error"]["decline_code"], "generic_decline")
    same(world.client.v1.balance_transactions.list().data, [])


@case("payment_intent.processing")
def intent_processing(world: World) -> None:
    same(world.last("payment_intent.processing")["status"], "processing")


@case("payment_intent.requires_action")
def intent_requires_action(world: World) -> None:
    action = world.last("payment_intent.requires_action")["next_action"]
    same(action["type"], "redirect_to_url")


@case("payment_intent.canceled")
def intent_canceled(world: World) -> None:
    same(world.last("payment_intent.canceled")["cancellation_reason"], "requested_by_customer")


@case("payment_intent.amount_capturable_updated")
def intent_capturable(world: World) -> None:
    same(world.last("payment_intent.amount_capturable_updated")["amount_capturable"], 2000)


@case("charge.succeeded")
def charge_succeeded(world: World) -> None:
    same(world.last("charge.succeeded")["balance_transaction"], None)
    same(world.last("charge.updated")["balance_transaction"][:4], "txn_")


@case("charge.failed")
def charge_failed(world: World) -> None:
    charge = world.last("charge.failed")
    same((charge["failure_code"], charge["paid"]), ("card_declined", False))


@case("charge.captured")
def charge_captured(world: World) -> None:
    same(world.last("charge.captured")["amount_captured"], 2000)


@case("charge.refunded")
def charge_refunded(world: World) -> None:
    charge = world.last("charge.refunded")
    same((charge["amount_refunded"], charge["refunded"]), (100, True))
    refund = world.last("refund.created")
    movement = world.client.v1.balance_transactions.retrieve(refund["balance_transaction"])
    same((movement.type, movement.amount, movement.fee), ("refund", -100, 0))


@case("charge.refund.updated")
def refund_updated(world: World) -> None:
    same(world.last("charge.refund.updated")["metadata"], {"order_id": "6735"})
    same(world.last("refund.updated")["metadata"], {"order_id": "6735"})


@case("charge.dispute.created")
def dispute_created(world: World) -> None:
    dispute = world.last("charge.dispute.created")
    same((dispute["status"], dispute["balance_transactions"]), ("warning_needs_response", []))
    assert world.client.v1.charges.retrieve(dispute["charge"]).disputed


@case("charge.dispute.updated")
def dispute_updated(world: World) -> None:
    same(world.last("charge.dispute.updated")["metadata"], {"foo": "bar"})


@case("charge.dispute.closed")
def dispute_closed(world: World) -> None:
    same(world.last("charge.dispute.closed")["status"], "warning_closed")


@case("payout.created")
def payout_created(world: World) -> None:
    payout = world.last("payout.created")
    same((payout["amount"], payout["automatic"]), (1100, False))


@case("payout.updated")
def payout_updated(world: World) -> None:
    same(world.last("payout.updated")["metadata"], {"foo": "bar"})


@case("account.updated")
def account_updated(world: World) -> None:
    same(world.last("account.updated", world.connected())["metadata"], {"foo": "bar"})
    same(world.types(), [])


@case("account.application.deauthorized")
def deauthorized(world: World) -> None:
    same(world.client.v1.accounts.list().data, [])


@case("product.created")
def product_created(world: World) -> None:
    same(world.last("product.created")["name"], "myproduct")


@case("product.updated")
def product_updated(world: World) -> None:
    same(world.last("product.updated")["metadata"], {"foo": "bar"})


@case("product.deleted")
def product_deleted(world: World) -> None:
    same(world.client.v1.products.list().data, [])


@case("price.created")
def price_created(world: World) -> None:
    same(world.last("price.created")["recurring"]["interval"], "month")


@case("price.updated")
def price_updated(world: World) -> None:
    same(world.last("price.updated")["metadata"], {"foo": "bar"})


@case("transfer.created")
def transfer_created(world: World) -> None:
    transfer = world.last("transfer.created")
    same((transfer["amount"], transfer["destination"]), (1000, world.connected()))
    same(world.control.balance_transactions(world.connected())[0]["amount"], 1000)


@case("transfer.updated")
def transfer_updated(world: World) -> None:
    same(world.last("transfer.updated")["metadata"], {"foo": "bar"})


@case("transfer.reversed")
def transfer_reversed(world: World) -> None:
    same(world.last("transfer.reversed")["amount_reversed"], 100)
