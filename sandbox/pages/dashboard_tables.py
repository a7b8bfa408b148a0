"""The tables of the dashboard."""

from itertools import islice
from typing import TYPE_CHECKING

from sandbox.pages.layout import Safe, html
from sandbox.pages.words import money
from sandbox.shapes import PLATFORM, Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox


def table(titles: tuple[str, ...], rows: list[list[Safe]]) -> Safe:
    """A table, or a sentence when there is nothing to show."""
    if not rows:
        return Safe('<p class="soft">Nothing yet.</p>')
    return html(
        '<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        "<tbody>{body}</tbody></table></div>",
        head=[html('<th scope="col">{title}</th>', title=title) for title in titles],
        body=[
            html("<tr>{cells}</tr>", cells=[html("<td>{cell}</td>", cell=cell) for cell in row])
            for row in rows
        ],
    )


def _newest(sandbox: "Sandbox", kind: str, count: int) -> list[tuple[str, Json]]:
    found = [
        (account, value)
        for account in sandbox.store.accounts()
        for value in islice(sandbox.store.newest_first(account, kind), count)
    ]
    found.sort(key=lambda entry: entry[1]["created"], reverse=True)
    return found[:count]


def _button(action: str, label: str, **values: str) -> Safe:
    inputs = [
        html('<input type="hidden" name="{name}" value="{text}">', name=name, text=text)
        for name, text in values.items()
    ]
    return html(
        '<form method="post" action="/dashboard/{action}">{inputs}<button>{label}</button></form>',
        action=action,
        inputs=inputs,
        label=label,
    )


def _amount(value: Json, name: str = "amount") -> Safe:
    return html("{amount}", amount=money(value[name], value["currency"], "en"))


def _code(text: str, limit: int = 28) -> Safe:
    return html("<code>{text}</code>", text=text if len(text) <= limit else f"{text[:limit]}…")


def session_rows(sandbox: "Sandbox", count: int) -> list[list[Safe]]:
    """The newest sessions with what can be done to them."""
    rows = []
    for _, session in _newest(sandbox, "checkout.session", count):
        identifier = session["id"]
        buttons: list[Safe] = []
        if session["status"] == "open":
            buttons.append(html('<a href="/pay/{id}">Open page</a> ', id=identifier))
            buttons.append(_button("expire", "Expire", session=identifier))
        elif session["payment_status"] == "unpaid" and session["payment_intent"]:
            buttons.append(
                _button("settle_debit", "Debit succeeds", session=identifier, succeeded="true")
            )
            buttons.append(
                _button("settle_debit", "Debit fails", session=identifier, succeeded="false")
            )
        status = f"{session['status']}, {session['payment_status'].replace('_', ' ')}"
        reference = session["client_reference_id"] or session["customer_email"] or ""
        rows.append(
            [
                _code(identifier),
                html("{text}", text=status),
                _amount(session, "amount_total"),
                html("{text}", text=reference),
                html("{buttons}", buttons=buttons),
            ]
        )
    return rows


def payment_rows(sandbox: "Sandbox", count: int) -> list[list[Safe]]:
    """The newest charges with their fees, refunds and disputes."""
    rows = []
    for account, charge in _newest(sandbox, "charge", count):
        movement = charge["balance_transaction"] and sandbox.store.get(
            account, "balance_transaction", charge["balance_transaction"]
        )
        rows.append(
            [
                _code(charge["id"]),
                html("{text}", text=_state(charge)),
                _amount(charge),
                _amount(movement, "fee") if movement else html("{text}", text="not known yet"),
                _code(account) if account else Safe(""),
                html("{buttons}", buttons=_charge_buttons(sandbox, account, charge)),
            ]
        )
    return rows


def _state(charge: Json) -> str:
    parts = [charge["status"]]
    if charge["failure_code"]:
        parts.append(charge["failure_code"])
    if charge["amount_refunded"]:
        parts.append(f"refunded {money(charge['amount_refunded'], charge['currency'], 'en')}")
    if charge["disputed"]:
        parts.append("disputed")
    return ", ".join(parts)


def _charge_buttons(sandbox: "Sandbox", account: str, charge: Json) -> list[Safe]:
    buttons = []
    if charge["paid"] and not charge["disputed"]:
        if not charge["refunded"]:
            buttons.append(_button("refund", "Refund", charge=charge["id"]))
        buttons.append(_button("dispute", "Dispute", charge=charge["id"]))
    buttons += [
        _button("fail_refund", "Fail the refund", refund=refund["id"])
        for refund in sandbox.store.having(account, "refund", "charge", charge["id"])
        if refund["status"] == "succeeded"
    ]
    for dispute in sandbox.store.having(account, "dispute", "charge", charge["id"]):
        buttons += _dispute_buttons(dispute)
    return buttons


def _dispute_buttons(dispute: Json) -> list[Safe]:
    if dispute["status"] in ("won", "warning_closed"):
        return []
    if dispute["status"] == "lost":
        return [_button("dispute_reinstate", "Won after all", dispute=dispute["id"])]
    return [
        _button("dispute_close", status.capitalize(), dispute=dispute["id"], status=status)
        for status in ("won", "lost")
    ]


def delivery_rows(sandbox: "Sandbox", count: int) -> list[list[Safe]]:
    """The newest events with the answers that their deliveries got."""
    rows = []
    for account, event in _newest(sandbox, "event", count):
        deliveries = sandbox.store.having(PLATFORM, "delivery", "event", event["id"])
        rows.append(
            [
                html('<a href="/dashboard/event/{id}"><code>{id}</code></a>', id=event["id"]),
                html("{text}", text=event["type"]),
                _code(account) if account else Safe(""),
                html("{entries}", entries=[_delivery(entry) for entry in deliveries]),
                _button("deliver", "Send again", event=event["id"]) if deliveries else Safe(""),
            ]
        )
    return rows


def _delivery(delivery: Json) -> Safe:
    answers = " ".join(
        str(answer["status"] or answer["error"].split(":")[0]) for answer in delivery["answers"]
    )
    kind = {"delivered": "good", "failed": "bad", "dropped": "bad"}.get(delivery["state"], "")
    return html(
        '<span class="{kind}">{state}</span> {answers}<br>',
        kind=kind,
        state=delivery["state"],
        answers=answers,
    )
