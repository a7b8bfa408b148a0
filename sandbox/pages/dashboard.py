"""The sandbox's own dashboard: what happened, and buttons for what happens elsewhere.

It stands for Stripe's dashboard (docs.stripe.com/dashboard/basics), for developers only.
"""

import json
from typing import TYPE_CHECKING

from sandbox.controls.registry import CONTROLS, UNLOCKED
from sandbox.errors import StripeError
from sandbox.messages import Request, Response, redirect
from sandbox.pages.dashboard_tables import delivery_rows, payment_rows, session_rows, table
from sandbox.pages.layout import Safe, html, message, page
from sandbox.pages.words import WORDS
from sandbox.shapes import Json
from sandbox.text import query_values

if TYPE_CHECKING:
    from sandbox.application import Sandbox

SHOWN = 50
TITLES = {
    "Sessions": ("Session", "Status", "Amount", "For", "Do"),
    "Payments": ("Charge", "Status", "Amount", "Fee", "Account", "Do"),
    "Events and deliveries": ("Event", "Type", "Account", "Deliveries", "Do"),
}
BODY = """<main>
<h1>Stripe sandbox</h1>
<nav><a href="#sessions">Sessions</a> <a href="#payments">Payments</a>
<a href="#events">Events</a></nav>
<form class="bar" method="post">
<button formaction="/dashboard/payout">Pay out the balance</button>
<button formaction="/dashboard/release_fees">Release late fees</button>
<button formaction="/dashboard/resend_all">Send all events again</button>
</form>
<h2 id="sessions">Sessions</h2>{sessions}
<h2 id="payments">Payments</h2>{payments}
<h2 id="events">Events and deliveries</h2>{events}
</main>"""


def answer(sandbox: "Sandbox", request: Request, rest: str) -> Response:
    """The overview, one event, or a button that was pressed."""
    if request.method == "POST":
        return _press(sandbox, request, rest)
    if rest.startswith("event/"):
        return _event(sandbox, rest.removeprefix("event/"))
    with sandbox.store.transaction():
        sandbox.run_due()
        body = html(
            BODY,
            sessions=table(TITLES["Sessions"], session_rows(sandbox, SHOWN)),
            payments=table(TITLES["Payments"], payment_rows(sandbox, SHOWN)),
            events=table(TITLES["Events and deliveries"], delivery_rows(sandbox, SHOWN)),
        )
    return page(WORDS["en"], "Dashboard", body, kind="board")


def _press(sandbox: "Sandbox", request: Request, name: str) -> Response:
    """Runs the control of this name with the form's values."""
    found = CONTROLS.find("POST", f"/_sandbox/{name}")
    if found is None:
        return message(WORDS["en"], "No such button", name, link="/", label="Dashboard", status=404)
    function, pattern, _ = found
    given: Json = {
        key: text == "true" if text in ("true", "false") else text
        for key, text in query_values(request.text).items()
    }
    try:
        if pattern in UNLOCKED:
            function(sandbox, given)
        else:
            with sandbox.store.transaction():
                function(sandbox, given)
    except StripeError as failure:
        text = str(failure.fields["message"])
        return message(
            WORDS["en"], "Not possible", text, link="/", label="Dashboard", status=failure.status
        )
    return redirect("/")


def _event(sandbox: "Sandbox", identifier: str) -> Response:
    with sandbox.store.transaction():
        account = sandbox.store.home("event", identifier)
        event = None if account is None else sandbox.store.get(account, "event", identifier)
        if event is None:
            return message(
                WORDS["en"], "No such event", identifier, link="/", label="Dashboard", status=404
            )
        deliveries = sandbox.courier.of_event(identifier)
        texts = [json.dumps(event, indent=2)] + [
            json.dumps(delivery, indent=2) for delivery in deliveries
        ]
    blocks = [html("<pre>{text}</pre>", text=text) for text in texts]
    body = html(
        '<main><p><a href="/">← Dashboard</a></p><h1>{kind}</h1>{blocks}</main>',
        kind=event["type"],
        blocks=blocks or Safe(""),
    )
    return page(WORDS["en"], event["type"], body, kind="board")
