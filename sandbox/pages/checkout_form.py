"""The payment form of the hosted page."""

from datetime import UTC, datetime

from sandbox import bank_accounts
from sandbox.pages.layout import Safe, html
from sandbox.pages.words import money
from sandbox.shapes import Json

TEST_CARDS = (
    ("4242 4242 4242 4242", "card_pays"),
    ("4000 0000 0000 0002", "card_declined"),
    ("4000 0000 0000 9995", "card_funds"),
    ("4000 0025 0000 3155", "card_secure"),
    ("4000 0000 0000 0259", "card_disputed"),
)
TEST_ACCOUNTS = {
    bank_accounts.SEPA: (
        ("AT61 1904 3002 3457 3201", "debit_succeeds"),
        ("AT86 1904 3002 3547 3202", "debit_fails"),
        ("DE89 3704 0044 0532 0130 00", "debit_told"),
    ),
    bank_accounts.US: (
        ("000123456789", "debit_succeeds"),
        ("000222222227", "debit_funds"),
        ("000111111113", "debit_closed"),
        ("000555555559", "debit_disputed"),
        ("000000000009", "debit_told"),
    ),
}
ACCOUNT_FIELDS = {
    bank_accounts.SEPA: ("iban",),
    bank_accounts.US: ("routing_number", "account_number"),
}
# The first button of a form is what the Enter key presses: it must pay, not fill in a card.
FORM = """<main class="checkout">
<section class="summary" aria-label="{to_pay}">
<p class="merchant">{merchant}</p>
<h1><span class="label">{to_pay}</span> <span class="amount">{amount}</span></h1>
<ul class="lines">{lines}</ul>
<p class="soft">{until}</p>
{cancel}
</section>
<form class="card" method="post" action="/pay/{session}" novalidate>
<button class="default" name="do" value="pay" tabindex="-1" aria-hidden="true"></button>
{problem}
{email}
{methods}
{fields}
<button class="pay" name="do" value="pay">{submit}</button>
{tests}
</form>
</main>"""
FIELD = """<p class="field{wrong}"><label for="{name}">{label}</label>{note}
<input id="{name}" name="{name}" value="{value}" {attributes}{described}></p>"""
ATTRIBUTES = {
    "email": 'type="email" autocomplete="email"',
    "number": 'inputmode="numeric" autocomplete="off" maxlength="23"',
    "expiry": 'inputmode="numeric" autocomplete="off" maxlength="7"',
    "cvc": 'inputmode="numeric" autocomplete="off" maxlength="4"',
    "name": 'autocomplete="name"',
    "iban": 'autocomplete="off" maxlength="34"',
    "routing_number": 'inputmode="numeric" autocomplete="off" maxlength="11"',
    "account_number": 'inputmode="numeric" autocomplete="off" maxlength="17"',
}


def form(
    words: dict[str, str],
    session: Json,
    values: Json,
    *,
    merchant: str,
    errors: dict[str, str],
    refusal: str | None,
) -> Safe:
    """The page's body. ``errors`` by field; ``refusal`` is why the last try was declined."""
    language = words["language"]
    amount = money(session["amount_total"], session["currency"], language)
    debit = next((kind for kind in TEST_ACCOUNTS if kind in session["payment_method_types"]), None)
    free = session["amount_total"] == 0
    return html(
        FORM,
        to_pay=words["to_pay"],
        merchant=merchant,
        amount=amount,
        lines=[_line(line, language) for line in session["_line_items"]],
        until=words["until"].format(time=_moment(session["expires_at"])),
        cancel=_cancel(words, session),
        session=session["id"],
        problem=_problem(words, errors, refusal),
        email=_field(words, "email", values, errors),
        methods=_methods(words, values, debit) if debit and not free else Safe(""),
        fields=[] if free else _fields(words, values, errors, debit),
        tests=[] if free else _test_panels(words, values, debit),
        submit=_submit(words, session, amount),
    )


def _submit(words: dict[str, str], session: Json, amount: str) -> str:
    if session["amount_total"] == 0:
        return words["free"]
    kind = session["submit_type"] if session["submit_type"] in ("donate", "book") else "pay"
    return words[kind].format(amount=amount)


def _line(line: Json, language: str) -> Safe:
    quantity = f" × {line['quantity']}" if line["quantity"] != 1 else ""
    amount = money(line["amount_total"], line["currency"], language)
    return html(
        "<li><span>{name}{quantity}</span> <span>{amount}</span></li>",
        name=line["description"] or "",
        quantity=quantity,
        amount=amount,
    )


def _moment(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _cancel(words: dict[str, str], session: Json) -> Safe:
    if not session["cancel_url"]:
        return Safe("")
    return html(
        '<p><a class="back" href="{url}">← {label}</a></p>',
        url=session["cancel_url"],
        label=words["cancel"],
    )


def _problem(words: dict[str, str], errors: dict[str, str], refusal: str | None) -> Safe:
    if refusal is not None:
        return html(
            '<div class="problem" role="alert" tabindex="-1" autofocus><h2>{title}</h2>'
            "<p><strong>{refusal}</strong> {retry}</p></div>",
            title=words["error_title"],
            refusal=refusal,
            retry=words["error_retry"],
        )
    if errors:
        entries = [
            html('<li><a href="#{name}">{text}</a></li>', name=name, text=text)
            for name, text in errors.items()
        ]
        return html(
            '<div class="problem" role="alert" tabindex="-1" autofocus><h2>{title}</h2>'
            "<ul>{entries}</ul></div>",
            title=words["check_title"],
            entries=entries,
        )
    return Safe("")


def _field(words: dict[str, str], name: str, values: Json, errors: dict[str, str]) -> Safe:
    problem = errors.get(name)
    note = html('<span class="error" id="{name}-error">{text}</span>', name=name, text=problem)
    return html(
        FIELD,
        name=name,
        label=words[name],
        value=values.get(name, ""),
        attributes=Safe(ATTRIBUTES[name]),
        wrong=" wrong" if problem else "",
        note=note if problem else Safe(""),
        described=Safe(f' aria-invalid="true" aria-describedby="{name}-error"' if problem else ""),
    )


def _methods(words: dict[str, str], values: Json, debit: str) -> Safe:
    chosen = values.get("method", "card")
    choices = [
        html(
            '<label><input type="radio" name="method" value="{name}"{checked}> {label}</label>',
            name=name,
            label=words[name],
            checked=Safe(" checked") if name == chosen else Safe(""),
        )
        for name in ("card", debit)
    ]
    return html(
        '<fieldset class="methods"><legend>{legend}</legend>{choices}</fieldset>',
        legend=words["method"],
        choices=choices,
    )


def _fields(
    words: dict[str, str], values: Json, errors: dict[str, str], debit: str | None
) -> list[Safe]:
    """What must be typed for each way of paying."""
    number, expiry, cvc, name = (
        _field(words, field, values, errors) for field in ("number", "expiry", "cvc", "name")
    )
    card = html(
        '<div class="by-card">{number}<div class="pair">{expiry}{cvc}</div></div>',
        number=number,
        expiry=expiry,
        cvc=cvc,
    )
    if debit is None:
        return [card, name]
    fields = [_field(words, field, values, errors) for field in ACCOUNT_FIELDS[debit]]
    return [card, html('<div class="by-debit">{fields}</div>', fields=fields), name]


def _test_panels(words: dict[str, str], values: Json, debit: str | None) -> list[Safe]:
    """Buttons that fill in a test card or a test bank account."""
    panels: list[tuple[str, str, tuple[tuple[str, str], ...], str, str]] = [
        ("by-card", "cards_title", TEST_CARDS, "number", "cards_hint")
    ]
    if debit is not None:
        field = ACCOUNT_FIELDS[debit][-1]
        panels.append(("by-debit", "accounts_title", TEST_ACCOUNTS[debit], field, "accounts_hint"))
    return [
        html(
            '<div class="{kind}">{panel}</div>',
            kind=kind,
            panel=_tests(words, title, choices, values.get(field, ""), hint),
        )
        for kind, title, choices, field, hint in panels
    ]


def _tests(
    words: dict[str, str],
    title: str,
    choices: tuple[tuple[str, str], ...],
    current: str,
    hint: str,
) -> Safe:
    buttons = [
        html(
            '<button class="test" name="fill" value="{number}" aria-pressed="{pressed}">'
            "<b>{label}</b> <span>{number}</span></button>",
            number=number,
            label=words[label],
            pressed="true" if number.replace(" ", "") == current.replace(" ", "") else "false",
        )
        for number, label in choices
    ]
    return html(
        '<fieldset class="tests"><legend>{title}</legend><p>{hint}</p>'
        "<div>{buttons}</div></fieldset>",
        title=words[title],
        hint=words[hint],
        buttons=buttons,
    )
