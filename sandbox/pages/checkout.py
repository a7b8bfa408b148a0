"""The hosted payment page, its 3-D Secure step and what comes after.

Source: docs.stripe.com/payments/checkout/how-checkout-works and
docs.stripe.com/checkout/fulfillment (Stripe waits up to 10 seconds for the webhook's answer).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox import bank_accounts, cards, checkouts
from sandbox.messages import Request, Response, redirect
from sandbox.methods import Entry
from sandbox.pages import words as words_module
from sandbox.pages.checkout_form import TEST_ACCOUNTS, TEST_CARDS, form
from sandbox.pages.layout import html, message, page
from sandbox.shapes import PLATFORM, Json
from sandbox.text import query_values

if TYPE_CHECKING:
    from sandbox.application import Sandbox

WAIT_FOR_WEBHOOK = 10.0
# The field that holds the number, for each way of paying.
NUMBERS = {
    "card": "number",
    bank_accounts.SEPA: "iban",
    bank_accounts.US: "account_number",
}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
EXPIRY = re.compile(r"(\d{1,2})\s*/\s*(\d{2}|\d{4})")


@dataclass(frozen=True)
class Visit:
    """Somebody on the page of one session, in their language."""

    sandbox: "Sandbox"
    account: str
    session: Json
    words: dict[str, str]

    def first_values(self) -> Json:
        """What stands in the form at first: a card and an account that work."""
        return {
            "email": self.session["customer_email"] or "",
            "method": "card",
            "number": TEST_CARDS[0][0],
            "expiry": "12 / 34",
            "cvc": "123",
            "name": "Test Donor",
            "iban": TEST_ACCOUNTS[bank_accounts.SEPA][0][0],
            "routing_number": bank_accounts.ROUTING_NUMBER,
            "account_number": TEST_ACCOUNTS[bank_accounts.US][0][0],
        }

    def show(
        self,
        values: Json,
        *,
        errors: dict[str, str] | None = None,
        refusal: str | None = None,
        status: int = 200,
    ) -> Response:
        """The page with its form."""
        body = form(
            self.words,
            self.session,
            values,
            merchant=self._merchant(),
            errors=errors or {},
            refusal=refusal,
        )
        title = self.words["pay"].format(amount=self.amount())
        return page(self.words, title, body, kind="wide", status=status)

    def amount(self) -> str:
        """What is to be paid, written for people."""
        session = self.session
        return words_module.money(
            session["amount_total"], session["currency"], self.words["language"]
        )

    def _merchant(self) -> str:
        owner = self.account and self.sandbox.store.get(PLATFORM, "account", self.account)
        name = owner and (owner["business_profile"] or {}).get("name")
        return name or "Sandbox"


def answer(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    """GET shows the form, or why it cannot be paid (any more); POST fills in a card or pays."""
    with sandbox.store.transaction():
        sandbox.run_due()
        visit = _visit(sandbox, request, identifier)
        if isinstance(visit, Response):
            return visit
        if request.method != "POST":
            return visit.show(visit.first_values())
        refused = _submit(visit, query_values(request.text))
    return refused or _go_on(visit)


def authentication(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    """The 3-D Secure step: GET asks, POST answers (docs.stripe.com/payments/3d-secure)."""
    with sandbox.store.transaction():
        sandbox.run_due()
        account = sandbox.store.home("payment_intent", identifier) or PLATFORM
        intent = sandbox.store.get(account, "payment_intent", identifier) or {}
        visit = _visit(sandbox, request, intent.get("_session") or "")
        if isinstance(visit, Response):
            return visit
        if intent["status"] != "requires_action":
            return redirect(f"/pay/{visit.session['id']}")
        if request.method != "POST":
            return _ask(visit, identifier)
        passed = query_values(request.text).get("do") == "complete"
        refused = _authenticate(visit, intent, passed=passed)
    return refused or _go_on(visit)


def _visit(sandbox: "Sandbox", request: Request, identifier: str) -> Visit | Response:
    """The visit of an open session, or the page that says why there is none."""
    found = checkouts.find(sandbox, identifier)
    locale = None if found is None else found[1]["locale"]
    words = words_module.choose(locale, request.headers.get("accept-language", ""))
    if found is None:
        return message(words, words["missing_title"], words["missing_text"], status=404)
    account, session = found
    if session["status"] == "expired":
        title, text = words["expired_title"], words["expired_text"]
        back = session["cancel_url"]
        return message(words, title, text, link=back, label=words["back"], status=410)
    if session["status"] == "complete":
        title, text = words["paid_title"], words["paid_text"]
        return message(words, title, text, link=success_url(session), label=words["continue"])
    return Visit(sandbox, account, session, words)


def _submit(visit: Visit, values: Json) -> Response | None:
    """Works on the posted form; None when the session is complete."""
    if "fill" in values:
        values["method"] = _kind_of(values["fill"])
        values[NUMBERS[values["method"]]] = values["fill"]
        return visit.show(values)
    errors = _errors(visit.words, visit.session, values)
    if errors:
        return visit.show(values, errors=errors, status=422)
    kind = _kind(visit.session, values)
    billing = {"email": values.get("email"), "name": values.get("name")}
    entry = Entry(kind, values.get(NUMBERS[kind], ""), billing)
    outcome = checkouts.pay(visit.sandbox, visit.account, visit.session, entry)
    return _after(visit, outcome, values)


def _authenticate(visit: Visit, intent: Json, *, passed: bool) -> Response | None:
    """Pays with the card that was asked about; None when the session is complete."""
    method = visit.sandbox.store.get(visit.account, "payment_method", intent["payment_method"])
    if method is None:
        raise KeyError(intent["payment_method"])
    outcome = checkouts.pay(
        visit.sandbox, visit.account, visit.session, method, authenticated=passed
    )
    return _after(visit, outcome, visit.first_values())


def _after(visit: Visit, outcome: Json, values: Json) -> Response | None:
    if outcome["status"] == "requires_action":
        return redirect(f"/authenticate/{outcome['payment_intent']}")
    if outcome["status"] == "declined":
        refusal = words_module.decline(visit.words, outcome["decline_code"], outcome["message"])
        return visit.show(values, refusal=refusal, status=402)
    return None


def _go_on(visit: Visit) -> Response:
    """Waits for the webhook's first answer as Stripe does, then sends the donor back."""
    visit.sandbox.courier.wait_for(visit.session["_completed_event"], WAIT_FOR_WEBHOOK)
    address = success_url(visit.session)
    if address is None:
        return message(visit.words, visit.words["paid_title"], visit.words["paid_text"])
    return redirect(address)


def success_url(session: Json) -> str | None:
    """The address to return to, with the session's id in it."""
    address: str | None = session["success_url"]
    return address and address.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _kind(session: Json, values: Json) -> str:
    """The chosen way of paying, as far as the session offers it."""
    chosen: str = values.get("method", "")
    return chosen if chosen in session["payment_method_types"] and chosen in NUMBERS else "card"


def _kind_of(number: str) -> str:
    """The way of paying that a test number belongs to."""
    debits = bank_accounts.WHEN_TOLD
    return next((kind for kind in debits if bank_accounts.find(kind, number)), "card")


def _errors(words: dict[str, str], session: Json, values: Json) -> dict[str, str]:
    """What is wrong with the form, by field."""
    right = {"email": EMAIL.fullmatch(values.get("email", "").strip())}
    if session["amount_total"]:
        right.update(_right(_kind(session, values), values))
    return {field: words[f"bad_{field}"] for field, good in right.items() if not good}


def _right(kind: str, values: Json) -> Json:
    """Whether each field of one way of paying holds what it should."""
    number = values.get(NUMBERS[kind], "")
    if kind == "card":
        return {
            "number": cards.card(number),
            "expiry": _in_future(values.get("expiry", "")),
            "cvc": re.fullmatch(r"\d{3,4}", values.get("cvc", "").strip()),
        }
    right: Json = {NUMBERS[kind]: bank_accounts.find(kind, number)}
    if kind == bank_accounts.US:
        routing = values.get("routing_number", "").replace("-", "").strip()
        right = {"routing_number": routing == bank_accounts.ROUTING_NUMBER, **right}
    return {**right, "name": values.get("name", "").strip()}


def _in_future(text: str) -> bool:
    match = EXPIRY.fullmatch(text.strip())
    if match is None:
        return False
    month, year = int(match[1]), int(match[2]) % 100
    today = datetime.now(UTC)
    return 1 <= month <= 12 and (year, month) >= (today.year % 100, today.month)


def _ask(visit: Visit, identifier: str) -> Response:
    words = visit.words
    body = html(
        '<main class="card"><h1>{title}</h1><p class="amount">{amount}</p><p>{text}</p>'
        '<form class="choices" method="post" action="/authenticate/{identifier}">'
        '<button class="pay" name="do" value="complete">{yes}</button>'
        '<button class="quiet" name="do" value="fail">{no}</button></form></main>',
        title=words["secure_title"],
        amount=visit.amount(),
        text=words["secure_text"],
        identifier=identifier,
        yes=words["secure_yes"],
        no=words["secure_no"],
    )
    return page(words, words["secure_title"], body)
