"""PaymentIntents (docs.stripe.com/api/payment_intents)."""

from sandbox import bank_accounts, lists, methods, payments
from sandbox.call import Call, endpoint
from sandbox.errors import StripeError, invalid
from sandbox.money import check_amount, check_currency
from sandbox.parameters import missing_parameter
from sandbox.shapes import Json
from sandbox.statement import check_descriptors

COPIED = (
    "capture_method",
    "confirmation_method",
    "description",
    "metadata",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)
CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)


@endpoint("POST", "/v1/payment_intents")
def create(call: Call) -> Json:
    """Makes an intent, and confirms it at once with ``confirm=true``."""
    given = call.parameters
    for name in ("amount", "currency"):
        if name not in given:
            raise missing_parameter(name)
    currency = check_currency(given["currency"], param="currency")
    check_amount(given["amount"], currency)
    check_descriptors(given, "{}")
    values = {key: given[key] for key in COPIED if key in given}
    types = given.get("payment_method_types")
    if types is None:
        values["automatic_payment_methods"] = {"allow_redirects": "always", "enabled": True}
        types = bank_accounts.offered(currency)
    method = _method(call)
    intent = payments.create_intent(
        call.sandbox,
        call.account,
        amount=given["amount"],
        currency=currency,
        values={
            **values,
            "payment_method_types": types,
            "_return_url": given.get("return_url"),
        },
    )
    if given.get("confirm"):
        return _confirm(call, intent, method)
    if method is not None:
        intent.update(payment_method=method["id"], status="requires_confirmation")
    return call.put("payment_intent", intent)


def _method(call: Call) -> Json | None:
    wanted = call.parameters.get("payment_method")
    if wanted is None:
        return None
    if wanted.startswith("pm_card_"):
        return methods.from_card(call.sandbox, call.account, wanted, {})
    if wanted.startswith("pm_usBankAccount_"):
        entry = methods.Entry(bank_accounts.US, wanted, {})
        return methods.from_bank_account(call.sandbox, call.account, entry)
    return call.get("payment_method", wanted, param="payment_method")


def _confirm(call: Call, intent: Json, method: Json | None) -> Json:
    if method is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    outcome = payments.confirm(call.sandbox, call.account, intent, method, authenticated=None)
    if outcome == "declined":
        plain = call.sandbox.renderer.plain(intent)
        raise StripeError(402, **{**intent["last_payment_error"], "payment_intent": plain})
    if outcome == "succeeded":
        payments.post_fee(call.sandbox, call.account, intent["latest_charge"])
        call.sandbox.run_due()
    return intent


@endpoint("POST", "/v1/payment_intents/{intent}/confirm")
def confirm(call: Call) -> Json:
    """Tries to pay an intent that has no final status yet."""
    intent = call.get("payment_intent", call.path["intent"])
    if intent["status"] not in (
        "requires_payment_method",
        "requires_confirmation",
        "requires_action",
    ):
        raise _unexpected(intent, "confirm")
    method = _method(call)
    if method is None and intent["payment_method"] is not None:
        method = call.get("payment_method", intent["payment_method"])
    return _confirm(call, intent, method)


@endpoint("POST", "/v1/payment_intents/{intent}/capture")
def capture(call: Call) -> Json:
    """Takes the money of an intent with ``capture_method=manual``."""
    intent = call.get("payment_intent", call.path["intent"])
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "capture")
    capturable: int = intent["amount_capturable"]
    amount: int = call.parameters.get("amount_to_capture", capturable)
    if not 0 < amount <= capturable:
        raise invalid(
            "The amount to capture is out of range.",
            param="amount_to_capture",
            code="amount_too_large",
        )
    charge = call.get("charge", intent["latest_charge"])
    charge.update(captured=True, amount_captured=amount)
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    call.put("charge", charge)
    call.put("payment_intent", intent)
    call.emit("charge.captured", charge)
    call.emit("payment_intent.succeeded", intent)
    payments.post_fee(call.sandbox, call.account, charge["id"])
    return intent


@endpoint("POST", "/v1/payment_intents/{intent}/cancel")
def cancel(call: Call) -> Json:
    """Cancels an intent that took no money."""
    intent = call.get("payment_intent", call.path["intent"])
    if intent["status"] not in CANCELABLE or intent["status"] == "processing":
        raise _unexpected(intent, "cancel")
    intent.update(
        status="canceled",
        canceled_at=call.sandbox.clock.now(),
        cancellation_reason=call.parameters.get("cancellation_reason"),
        amount_capturable=0,
    )
    call.put("payment_intent", intent)
    call.emit("payment_intent.canceled", intent)
    return intent


@endpoint("POST", "/v1/payment_intents/{intent}")
def update(call: Call) -> Json:
    """Changes the metadata and the description."""
    intent = call.get("payment_intent", call.path["intent"])
    others = call.parameters.keys() - {"metadata", "description"}
    if others:
        raise invalid("The sandbox only updates metadata and description.", param=min(others))
    call.merge_metadata(intent)
    intent["description"] = call.parameters.get("description", intent.get("description"))
    return call.put("payment_intent", intent)


@endpoint("GET", "/v1/payment_intents/{intent}")
def retrieve(call: Call) -> Json:
    """One intent."""
    return call.get("payment_intent", call.path["intent"])


@endpoint("GET", "/v1/payment_intents")
def index(call: Call) -> Json:
    """Intents, the newest first."""
    return lists.answer(call, "payment_intent", "/v1/payment_intents", filters=("customer",))


def _unexpected(intent: Json, verb: str) -> StripeError:
    return invalid(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
    )
