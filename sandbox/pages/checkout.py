"""The hosted payment page, its 3-D Secure step and what comes after.

Source: docs.stripe.com/payments/checkout/how-checkout-works and
docs.stripe.com/checkout/fulfillment (Stripe waits up to 10 seconds for the webhook's answer).
"""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox import cards, checkouts
from sandbox.errors import StripeError
from sandbox.messages import Request, Response, redirect
from sandbox.pages import words as words_module
from sandbox.pages.checkout_form import TEST_CARDS, TEST_IBANS, form
from sandbox.pages.layout import html, message, page
from sandbox.shapes import PLATFORM, Json
from sandbox.text import query_values

if TYPE_CHECKING:
    from sandbox.application import Sandbox

WAIT_FOR_WEBHOOK = 10.0
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
EXPIRY = re.compile(r"(\d{1,2})\s*/\s*(\d{2}|\d{4})")


def show(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    """The page of a session: the form, or why it cannot be paid (any more)."""
    with sandbox.store.transaction():
        sandbox.run_due()
        found = checkouts.find(sandbox, identifier)
        words = _words(found, request)
        if found is None:
            return message(words, words["missing_title"], words["missing_text"], None, "", 404)
        account, session = found
        closed = _closed(words, session)
        if closed is not None:
            return closed
        values = {
            "email": session["customer_email"] or "",
            "method": "card",
            "number": TEST_CARDS[0][0],
            "expiry": "12 / 34",
            "cvc": "123",
            "name": "Test Donor",
            "iban": TEST_IBANS[0][0],
        }
        return _form(sandbox, account, session, words, values, {}, None)


def submit(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    """The posted form: fills in a test card, or pays and goes on to ``success_url``."""
    values = query_values(request.text)
    with sandbox.store.transaction():
        sandbox.run_due()
        found = checkouts.find(sandbox, identifier)
        words = _words(found, request)
        if found is None:
            return message(words, words["missing_title"], words["missing_text"], None, "", 404)
        account, session = found
        closed = _closed(words, session)
        if closed is not None:
            return closed
        if "fill" in values:
            filled = values["fill"]
            values["iban" if filled[:2].isalpha() else "number"] = filled
            return _form(sandbox, account, session, words, values, {}, None)
        errors = _errors(words, session, values)
        if errors:
            return _form(sandbox, account, session, words, values, errors, None, 422)
        outcome = _pay(sandbox, account, session, values)
        if outcome["status"] == "requires_action":
            return redirect(f"/authenticate/{outcome['payment_intent']}")
        if outcome["status"] == "declined":
            refusal = words_module.decline(words, outcome["decline_code"], outcome["message"])
            return _form(sandbox, account, session, words, values, {}, refusal, 402)
    return _go_on(sandbox, words, session)


def _pay(sandbox: "Sandbox", account: str, session: Json, values: Json) -> Json:
    billing = {"email": values.get("email"), "name": values.get("name")}
    debit = values.get("method") == "sepa_debit" and session["amount_total"]
    return checkouts.pay(
        sandbox,
        account,
        session,
        card=None if debit else values.get("number"),
        iban=values.get("iban") if debit else None,
        billing=billing,
    )


def _go_on(sandbox: "Sandbox", words: dict[str, str], session: Json) -> Response:
    """Waits for the webhook's first answer as Stripe does, then sends the donor back."""
    sandbox.courier.wait_for(session["_completed_event"], WAIT_FOR_WEBHOOK)
    address = success_url(session)
    if address is None:
        return message(words, words["paid_title"], words["paid_text"], None, "")
    return redirect(address)


def success_url(session: Json) -> str | None:
    """The address to return to, with the session's id in it."""
    address: str | None = session["success_url"]
    return address and address.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _words(found: tuple[str, Json] | None, request: Request) -> dict[str, str]:
    locale = None if found is None else found[1]["locale"]
    return words_module.choose(locale, request.headers.get("accept-language", ""))


def _closed(words: dict[str, str], session: Json) -> Response | None:
    if session["status"] == "expired":
        return message(
            words,
            words["expired_title"],
            words["expired_text"],
            session["cancel_url"],
            words["back"],
            410,
        )
    if session["status"] == "complete":
        return message(
            words,
            words["paid_title"],
            words["paid_text"],
            success_url(session),
            words["continue"],
        )
    return None


def _form(
    sandbox: "Sandbox",
    account: str,
    session: Json,
    words: dict[str, str],
    values: Json,
    errors: dict[str, str],
    refusal: str | None,
    status: int = 200,
) -> Response:
    body = form(words, session, _merchant(sandbox, account), values, errors, refusal)
    amount = words_module.money(session["amount_total"], session["currency"], words["language"])
    return page(words, words["pay"].format(amount=amount), body, kind="wide", status=status)


def _merchant(sandbox: "Sandbox", account: str) -> str:
    owner = account and sandbox.store.get(PLATFORM, "account", account)
    name = owner and (owner["business_profile"] or {}).get("name")
    return name or "Sandbox"


def _errors(words: dict[str, str], session: Json, values: Json) -> dict[str, str]:
    """What is wrong with the form, by field."""
    errors = {}
    if not EMAIL.fullmatch(values.get("email", "").strip()):
        errors["email"] = words["bad_email"]
    if session["amount_total"] == 0:
        return errors
    if values.get("method") == "sepa_debit":
        if cards.debit(values.get("iban", "")) is None:
            errors["iban"] = words["bad_iban"]
        if not values.get("name", "").strip():
            errors["name"] = words["bad_name"]
        return errors
    if cards.card(values.get("number", "")) is None:
        errors["number"] = words["bad_number"]
    if not _in_future(values.get("expiry", "")):
        errors["expiry"] = words["bad_expiry"]
    if not re.fullmatch(r"\d{3,4}", values.get("cvc", "").strip()):
        errors["cvc"] = words["bad_cvc"]
    return errors


def _in_future(text: str) -> bool:
    match = EXPIRY.fullmatch(text.strip())
    if match is None:
        return False
    month, year = int(match[1]), int(match[2]) % 100
    today = datetime.now(UTC)
    return 1 <= month <= 12 and (year, month) >= (today.year % 100, today.month)


def authentication(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    """The 3-D Secure step: GET asks, POST answers (docs.stripe.com/payments/3d-secure)."""
    with sandbox.store.transaction():
        sandbox.run_due()
        account = sandbox.store.home("payment_intent", identifier)
        intent = (
            None if account is None else sandbox.store.get(account, "payment_intent", identifier)
        )
        found = intent and checkouts.find(sandbox, intent.get("_session") or "")
        words = _words(found or None, request)
        if intent is None or not found:
            return message(words, words["missing_title"], words["missing_text"], None, "", 404)
        account, session = found
        closed = _closed(words, session)
        if closed is not None:
            return closed
        if intent["status"] != "requires_action":
            return redirect(f"/pay/{session['id']}")
        if request.method == "GET":
            return _ask(words, session, identifier)
        outcome = _authenticated(sandbox, account, session, intent, request)
        if outcome["status"] == "declined":
            refusal = words_module.decline(words, outcome["decline_code"], outcome["message"])
            values = {
                "email": session["customer_email"] or "",
                "expiry": "12 / 34",
                "cvc": "123",
                "number": TEST_CARDS[0][0],
                "name": "Test Donor",
                "iban": TEST_IBANS[0][0],
            }
            return _form(sandbox, account, session, words, values, {}, refusal, 402)
    return _go_on(sandbox, words, session)


def _authenticated(
    sandbox: "Sandbox", account: str, session: Json, intent: Json, request: Request
) -> Json:
    method = sandbox.store.get(account, "payment_method", intent["payment_method"])
    if method is None:
        raise StripeError(400, type="invalid_request_error", message="no payment method")
    return checkouts.pay(
        sandbox,
        account,
        session,
        method=method,
        billing=dict(method["billing_details"]),
        authenticated=query_values(request.text).get("do") == "complete",
    )


def _ask(words: dict[str, str], session: Json, identifier: str) -> Response:
    amount = words_module.money(session["amount_total"], session["currency"], words["language"])
    body = html(
        '<main class="card"><h1>{title}</h1><p class="amount">{amount}</p><p>{text}</p>'
        '<form class="choices" method="post" action="/authenticate/{identifier}">'
        '<button class="pay" name="do" value="complete">{yes}</button>'
        '<button class="quiet" name="do" value="fail">{no}</button></form></main>',
        title=words["secure_title"],
        amount=amount,
        text=words["secure_text"],
        identifier=identifier,
        yes=words["secure_yes"],
        no=words["secure_no"],
    )
    return page(words, words["secure_title"], body)
