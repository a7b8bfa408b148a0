"""The Connect onboarding page of an account link (docs.stripe.com/connect/hosted-onboarding)."""

from typing import TYPE_CHECKING

from sandbox.api import accounts
from sandbox.messages import Request, Response, redirect
from sandbox.pages import words as words_module
from sandbox.pages.layout import html, message, page
from sandbox.shapes import PLATFORM
from sandbox.text import query_values

if TYPE_CHECKING:
    from sandbox.application import Sandbox


def answer(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    """GET asks; POST finishes the onboarding (or not) and returns to ``return_url``."""
    words = words_module.choose(None, request.headers.get("accept-language", ""))
    with sandbox.store.transaction():
        account = sandbox.store.get(PLATFORM, "account", identifier)
        if account is None:
            return message(words, words["missing_title"], words["missing_text"], status=404)
        if request.method == "POST":
            complete = query_values(request.text).get("do") == "complete"
            accounts.onboard(sandbox, account, complete=complete)
            return redirect(account.get("_return_url") or "/")
        if account.get("_link_until", 0) < sandbox.clock.now():
            back = account.get("_refresh_url")
            return message(
                words,
                words["connect_title"],
                words["connect_late"],
                link=back,
                label=words["continue"],
                status=410,
            )
    name = (account["business_profile"] or {}).get("name") or account["email"] or identifier
    body = html(
        '<main class="card"><p class="merchant">{name}</p><h1>{title}</h1><p>{text}</p>'
        '<form class="choices" method="post" action="/connect/{identifier}">'
        '<button class="pay" name="do" value="complete">{yes}</button>'
        '<button class="quiet" name="do" value="later">{no}</button></form></main>',
        name=name,
        title=words["connect_title"],
        text=words["connect_text"],
        identifier=identifier,
        yes=words["connect_yes"],
        no=words["connect_no"],
    )
    return page(words, words["connect_title"], body)
