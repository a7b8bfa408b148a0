"""The Connect onboarding page of an account link (docs.stripe.com/connect/hosted-onboarding)."""

from typing import TYPE_CHECKING

from sandbox import onboarding
from sandbox.messages import Request, Response, redirect
from sandbox.pages import words as words_module
from sandbox.pages.layout import Safe, html, message, page
from sandbox.shapes import PLATFORM, Json
from sandbox.text import query_values

if TYPE_CHECKING:
    from sandbox.application import Sandbox

CURRENCIES = ("usd", "eur", "gbp", "chf", "cad", "aud", "jpy")
BODY = """<main class="card"><p class="merchant">{name}</p><h1>{title}</h1><p>{text}</p>
<form method="post" action="/connect/{identifier}">
<fieldset class="methods"><legend>{legend}</legend>{steps}</fieldset>
<p class="field"><label for="currency">{currency}</label>
<select id="currency" name="currency">{currencies}</select></p>
<div class="choices">
<button class="pay" name="do" value="save">{save}</button>
<button class="quiet" name="do" value="complete">{yes}</button>
<button class="quiet" name="do" value="later">{no}</button>
</div></form></main>"""
STEP = """<label><input type="checkbox" name="{step}" value="yes"{checked}> {label}</label>"""


def answer(sandbox: "Sandbox", request: Request, identifier: str) -> Response:
    """GET asks; POST hands in what was ticked (or all, or nothing) and returns."""
    words = words_module.choose(None, request.headers.get("accept-language", ""))
    with sandbox.store.transaction():
        account = sandbox.store.get(PLATFORM, "account", identifier)
        if account is None:
            return message(words, words["missing_title"], words["missing_text"], status=404)
        if request.method == "POST":
            _hand_in(sandbox, account, query_values(request.text))
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
    return page(words, words["connect_title"], _form(account, words))


def _hand_in(sandbox: "Sandbox", account: Json, typed: Json) -> None:
    """Nothing is taken back: what was handed in before stays so."""
    if typed.get("do") == "later":
        return
    whole = typed.get("do") == "complete"
    steps = {step for step in onboarding.STEPS if whole or step in typed} | set(account["_given"])
    currency = str(typed.get("currency", account["default_currency"]))
    account["_extra"] = [] if whole else account["_extra"]
    onboarding.answered(sandbox, account, steps, [currency])


def _form(account: Json, words: dict[str, str]) -> Safe:
    checked = {True: Safe(" checked"), False: Safe("")}
    steps = [
        html(
            STEP,
            step=step,
            checked=checked[step in account["_given"]],
            label=words[f"connect_{step}"],
        )
        for step in onboarding.STEPS
    ]
    default: str = account["_currencies"][0]
    currencies = [
        html(
            '<option value="{code}"{chosen}>{name}</option>',
            code=code,
            chosen=Safe(" selected") if code == default else Safe(""),
            name=code.upper(),
        )
        for code in sorted({default, *CURRENCIES})
    ]
    profile = account["business_profile"] or {}
    return html(
        BODY,
        name=profile.get("name") or account["email"] or account["id"],
        title=words["connect_title"],
        text=words["connect_text"],
        identifier=account["id"],
        legend=words["connect_steps"],
        steps=steps,
        currency=words["connect_currency"],
        currencies=currencies,
        save=words["connect_save"],
        yes=words["connect_yes"],
        no=words["connect_no"],
    )
