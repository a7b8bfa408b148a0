"""Checkout Sessions (docs.stripe.com/api/checkout/sessions)."""

from sandbox import bank_accounts, checkouts, identifiers, line_items, lists
from sandbox.call import Call, endpoint
from sandbox.errors import bad_parameter, invalid
from sandbox.money import check_amount
from sandbox.parameters import check_metadata, missing_parameter
from sandbox.schema import skeleton
from sandbox.shapes import PLATFORM, Json
from sandbox.statement import check_descriptors

SHORTEST = 30 * 60
LONGEST = 24 * 3600
ENDIVE = "2026-09-30"
COPIED = (
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "consent_collection",
    "customer_creation",
    "customer_email",
    "locale",
    "origin_context",
    "payment_method_collection",
    "phone_number_collection",
    "submit_type",
    "success_url",
    "ui_mode",
    "integration_identifier",
)


@endpoint("POST", "/v1/checkout/sessions")
def create(call: Call) -> Json:
    """Makes an open session in mode=payment and plans its expiry."""
    given = call.parameters
    _check(call)
    _check_account(call)
    now = call.sandbox.clock.now()
    expires_at = _expiry(given.get("expires_at"), now)
    lines = line_items.build(call, given.get("line_items", []))
    currency = lines[0]["currency"]
    total = sum(line["amount_total"] for line in lines)
    if total:
        check_amount(total, currency, param="line_items")
    identifier = identifiers.new("checkout.session")
    session = {
        **skeleton("checkout.session"),
        **{key: given[key] for key in COPIED if key in given},
        "id": identifier,
        "adaptive_pricing": given.get("adaptive_pricing", {"enabled": True}),
        "amount_subtotal": total,
        "amount_total": total,
        "created": now,
        "currency": currency,
        "customer_details": _details(given.get("customer_email")),
        "expires_at": expires_at,
        "metadata": given.get("metadata", {}),
        "mode": "payment",
        "payment_method_types": _method_types(given, currency),
        "payment_status": "unpaid" if total else "no_payment_required",
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": given.get("ui_mode", "hosted_page"),
        "url": f"{call.sandbox.base_url}/pay/{identifier}",
        "_line_items": lines,
        "_payment_intent_data": given.get("payment_intent_data", {}),
    }
    session["custom_text"].update(given.get("custom_text", {}))
    call.put("checkout.session", session)
    call.sandbox.agenda.add("expire", due=expires_at, account=call.account, target=identifier)
    return session


def _check(call: Call) -> None:
    given = call.parameters
    if "payment_method_types" in given and call.version >= ENDIVE:
        raise bad_parameter(
            "Received unknown parameter: payment_method_types",
            param="payment_method_types",
            code="parameter_unknown",
        )
    for name in ("mode", "line_items"):
        if not given.get(name):
            raise missing_parameter(name)
    if given["mode"] != "payment":
        raise invalid("The sandbox only knows mode=payment.", param="mode")
    hosted = given.get("ui_mode", "hosted_page") == "hosted_page"
    if hosted and "success_url" not in given:
        raise missing_parameter("success_url")
    for name in ("success_url", "cancel_url"):
        if name in given and not given[name].startswith(("http://", "https://")):
            raise bad_parameter("Not a valid URL", param=name, code="url_invalid")
    if "customer_email" in given and "@" not in given["customer_email"]:
        raise bad_parameter(
            f"Invalid email address: {given['customer_email']}",
            param="customer_email",
            code="email_invalid",
        )
    intent = given.get("payment_intent_data", {})
    check_metadata(intent.get("metadata"), "payment_intent_data[metadata]")
    check_descriptors(intent, "payment_intent_data[{}]")


def _check_account(call: Call) -> None:
    """Direct charges need an account that finished onboarding (docs.stripe.com/connect)."""
    account = call.account and call.sandbox.store.get(PLATFORM, "account", call.account)
    if account and not account["charges_enabled"]:
        raise invalid(
            "Your account cannot currently make live charges. The connected account must finish "
            "onboarding first (charges_enabled is false).",
            code="account_invalid",
        )


def _expiry(wanted: int | None, now: int) -> int:
    if wanted is None:
        return now + LONGEST
    # One minute of grace for clocks that differ a little, as a request takes time to arrive.
    if wanted < now + SHORTEST - 60:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            param="expires_at",
        )
    if wanted > now + LONGEST + 60:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return wanted


def _details(email: str | None) -> Json | None:
    if email is None:
        return None
    return {
        **skeleton("payment_pages_checkout_session_customer_details"),
        "email": email,
        "tax_exempt": "none",
    }


def _method_types(given: Json, currency: str) -> list[str]:
    """Dynamic payment methods: cards always, the currency's bank debit, unless excluded."""
    types = given.get("payment_method_types") or bank_accounts.offered(currency)
    return [name for name in types if name not in given.get("excluded_payment_method_types", ())]


@endpoint("GET", "/v1/checkout/sessions/{session}")
def retrieve(call: Call) -> Json:
    """One session."""
    return call.get("checkout.session", call.path["session"])


@endpoint("POST", "/v1/checkout/sessions/{session}")
def update(call: Call) -> Json:
    """Changes the metadata (docs.stripe.com/api/checkout/sessions/update)."""
    session = call.get("checkout.session", call.path["session"])
    others = call.parameters.keys() - {"metadata"}
    if others:
        raise invalid("The sandbox only updates metadata.", param=min(others))
    call.merge_metadata(session)
    return call.put("checkout.session", session)


@endpoint("GET", "/v1/checkout/sessions")
def index(call: Call) -> Json:
    """Sessions, the newest first."""
    filters = ("payment_intent", "status", "customer")
    found = lists.answer(call, "checkout.session", "/v1/checkout/sessions", filters=filters)
    email = call.parameters.get("customer_details", {}).get("email")
    if email is not None:
        found["data"] = [
            session
            for session in found["data"]
            if (session["customer_details"] or {}).get("email") == email
        ]
    return found


@endpoint("POST", "/v1/checkout/sessions/{session}/expire")
def expire(call: Call) -> Json:
    """Ends an open session; any other status is an error."""
    session = call.get("checkout.session", call.path["session"])
    if session["status"] != "open":
        raise invalid(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}.",
            param="session",
        )
    checkouts.expire(call.sandbox, call.account, session)
    return session


@endpoint("GET", "/v1/checkout/sessions/{session}/line_items")
def lines(call: Call) -> Json:
    """What is sold in a session."""
    session = call.get("checkout.session", call.path["session"])
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return lists.page(call, session["_line_items"], url)
