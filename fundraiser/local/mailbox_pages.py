"""The local mailbox's pages: the list, one mail, and a mail as JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from fundraiser.local.mailbox_store import StoredMail

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{refresh}<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><a href="/">Local mailbox</a> <small>Mails stop here: nothing is sent on.</small></header>
<main>
{content}
</main>
</body>
</html>
"""
_REFRESH = '<meta http-equiv="refresh" content="5">\n'
_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def listing(mails: Sequence[StoredMail]) -> str:
    """Return the page that lists all mails, newest first; it reloads itself every five seconds."""
    if not mails:
        empty = "<h1>No mail yet</h1>\n<p>What the site sends appears here by itself.</p>"
        return _PAGE.format(title="No mail yet", refresh=_REFRESH, content=empty)
    count = f"{len(mails)} mail" + ("s" if len(mails) > 1 else "")
    rows = "\n".join(_row(mail) for mail in mails)
    content = (
        f"<h1>{count}</h1>\n<ul class=mails>\n{rows}\n</ul>\n"
        '<form method="post" action="/delete"><button>Delete all</button></form>'
    )
    return _PAGE.format(title=f"{count} – local mailbox", refresh=_REFRESH, content=content)


def _row(mail: StoredMail) -> str:
    clip = ' <span class="clip">with attachment</span>' if mail.attachments else ""
    return (
        f'<li><a href="/messages/{mail.id}">{escape(mail.subject or "(no subject)")}</a>{clip}'
        f"<br><small>to {escape(mail.recipients)}, {_time(mail)}</small></li>"
    )


def mail_page(mail: StoredMail) -> str:
    """Return the page of one mail: who, HTML in a closed frame, text, files."""
    title = escape(mail.subject or "(no subject)")
    parts = [
        f"<h1>{title}</h1>",
        "<dl>",
        f"<dt>From</dt><dd>{escape(mail.sender)}</dd>",
        f"<dt>To</dt><dd>{escape(mail.recipients)}</dd>",
        f"<dt>Received</dt><dd>{_time(mail)}</dd>",
        "</dl>",
        _files(mail),
    ]
    if mail.html is not None:
        parts.append(
            f'<h2>HTML</h2>\n<iframe title="The mail as HTML" src="/messages/{mail.id}/html" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
        )
    if mail.text is not None:
        parts.append(f"<h2>Text</h2>\n<pre>{_with_links(mail.text)}</pre>")
    parts.append(f'<p><a href="/messages/{mail.id}/source">Source with all headers</a></p>')
    return _PAGE.format(title=title, refresh="", content="\n".join(parts))


def _files(mail: StoredMail) -> str:
    links = [
        f'<li><a href="/messages/{mail.id}/attachments/{number}">{escape(file.name)}</a> '
        f"<small>{escape(file.content_type)}, {len(file.content):,} bytes</small></li>"
        for number, file in enumerate(mail.attachments)
    ]
    return "<h2>Attachments</h2>\n<ul>\n" + "\n".join(links) + "\n</ul>" if links else ""


def _time(mail: StoredMail) -> str:
    moment = mail.received_at
    return f'<time datetime="{moment:%Y-%m-%dT%H:%M:%SZ}">{moment:%Y-%m-%d %H:%M:%S} UTC</time>'


def _with_links(text: str) -> str:
    """Escape plain text; make its web addresses links."""
    pieces = []
    end = 0
    for found in _ADDRESS.finditer(text):
        address = escape(found.group(), quote=True)
        pieces.append(escape(text[end : found.start()]))
        pieces.append(f'<a href="{address}" target="_blank" rel="noreferrer">{address}</a>')
        end = found.end()
    return "".join([*pieces, escape(text[end:])])


def framed(html: str) -> str:
    """Return a mail's HTML for the frame: its links open in a new tab, since it may not leave."""
    base = '<base target="_blank">'
    head = _HEAD.search(html)
    return html[: head.end()] + base + html[head.end() :] if head else base + html


def as_json(mail: StoredMail) -> dict[str, Any]:
    """Return a mail for tests; ``received_at`` is UTC in ISO 8601."""
    return {
        "id": mail.id,
        "received_at": mail.received_at.isoformat(),
        "from": mail.sender,
        "to": mail.recipients,
        "subject": mail.subject,
        "message_id": str(mail.message.get("Message-ID", "")),
        "text": mail.text,
        "html": mail.html,
        "attachments": [
            {
                "name": file.name,
                "content_type": file.content_type,
                "size": len(file.content),
                "url": f"/messages/{mail.id}/attachments/{number}",
            }
            for number, file in enumerate(mail.attachments)
        ],
    }
