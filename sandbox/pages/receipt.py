"""The receipt that ``charge.receipt_url`` leads to (docs.stripe.com/receipts)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox.messages import Request, Response
from sandbox.pages import words as words_module
from sandbox.pages.layout import html, message, page

if TYPE_CHECKING:
    from sandbox.application import Sandbox


def show(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    """Amount, refunds and date of one charge."""
    words = words_module.choose(None, request.headers.get("accept-language", ""))
    with sandbox.store.transaction():
        account = sandbox.store.home("charge", identifier)
        charge = None if account is None else sandbox.store.get(account, "charge", identifier)
        if charge is None:
            return message(words, words["missing_title"], words["missing_text"], status=404)
        shown = [
            words_module.money(charge[name], charge["currency"], words["language"])
            for name in ("amount", "amount_refunded")
        ]
        created = datetime.fromtimestamp(charge["created"], UTC)
    body = html(
        '<main class="card"><h1>{title}</h1><p class="amount">{amount}</p>'
        "<p>{refunded_label}: {refunded}</p><p>{created}</p>"
        "<p><code>{identifier}</code></p></main>",
        title=words["receipt"],
        amount=shown[0],
        refunded_label=words["refunded"],
        refunded=shown[1],
        created=created.strftime("%Y-%m-%d %H:%M UTC"),
        identifier=identifier,
    )
    return page(words, words["receipt"], body)
