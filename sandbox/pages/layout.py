"""The frame of every page, and the only place that writes HTML tags from data."""

from html import escape

from sandbox.messages import Response


class Safe(str):
    """Text that is HTML already."""

    __slots__ = ()


def html(template: str, **values: object) -> Safe:
    """Fills a template; every value is escaped unless it is ``Safe`` (or a list of ``Safe``)."""
    filled = {name: _written(value) for name, value in values.items()}
    return Safe(template.format(**filled))


def _written(value: object) -> str:
    if isinstance(value, Safe):
        return str(value)
    if isinstance(value, list | tuple):
        return "\n".join(_written(entry) for entry in value)
    return escape("" if value is None else str(value))


PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/sandbox.css">
</head>
<body class="{kind}">
<header class="banner"><p><strong>{banner}.</strong> {detail}</p></header>
{body}
</body>
</html>
"""


def page(
    words: dict[str, str], title: str, body: Safe, *, kind: str = "narrow", status: int = 200
) -> Response:
    """A whole page with the banner that says that no real money moves."""
    text = html(
        PAGE,
        language=words["language"],
        title=f"{title} · Sandbox",
        kind=kind,
        banner=words["banner"],
        detail=words["banner_detail"],
        body=body,
    )
    return Response(status, text.encode(), headers={"Cache-Control": "no-store"})


def message(
    words: dict[str, str],
    title: str,
    text: str,
    *,
    link: str | None = None,
    label: str = "",
    status: int = 200,
) -> Response:
    """A page with one sentence and, where there is a ``link``, one way on."""
    way = html('<p><a class="button" href="{link}">{label}</a></p>', link=link, label=label)
    body = html(
        '<main class="card"><h1>{title}</h1><p>{text}</p>{way}</main>',
        title=title,
        text=text,
        way=way if link else Safe(""),
    )
    return page(words, title, body, status=status)
