"""The local mailbox: a real SMTP server that keeps every mail, and a page to read them on.

``python -m fundraiser.local.mailbox --smtp-port N --http-port N --directory FOLDER``. It sends
nothing on, and listens on 127.0.0.1 only. A mail's page is in mailbox_pages.py, the folder of .eml
files in mailbox_store.py.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from urllib.parse import quote, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from fundraiser.local import mailbox_pages as pages
from fundraiser.local.mailbox_store import Mailbox, StoredMail
from fundraiser.local.ports import HOST

_LARGEST_MAIL = 32 * 2**20
#: The page itself runs no script and loads nothing from elsewhere.
_PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'"
#: A mail's own HTML: nothing but its inline style and pictures inside the mail; links open outside.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:"
)


class _Receiver:
    """Keeps what SMTP clients send (aiosmtpd calls the method by this name)."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002 -- aiosmtpd gives three
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Write the mail to the folder before saying so."""
        self._mailbox.keep(
            envelope.original_content or b"",
            sender=envelope.mail_from or "",
            recipients=envelope.rcpt_tos,
        )
        return "250 kept in the local mailbox"


class _Handler(BaseHTTPRequestHandler):
    """Answers the pages, the parts of a mail, and JSON for tests."""

    mailbox: Mailbox
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Show one thing by its address."""
        path = urlsplit(self.path).path
        if path == "/":
            self._page(pages.listing(self.mailbox.mails()))
        elif path == "/style.css":
            self._send(Path(__file__).with_name("mailbox.css").read_bytes(), "text/css")
        elif path == "/api/messages":
            found = [pages.as_json(mail) for mail in self.mailbox.mails()]
            self._send(json.dumps(found).encode(), "application/json")
        elif path == "/healthz":
            self._send(b"ok", "text/plain")
        else:
            self._one_mail(path)

    def do_POST(self) -> None:
        """Delete everything (the one form there is)."""
        self._drain()
        if urlsplit(self.path).path == "/delete" and self._is_ours():
            self.mailbox.clear()
            self._send(b"", "text/plain", HTTPStatus.SEE_OTHER, headers={"Location": "/"})
        else:
            self._missing()

    def do_DELETE(self) -> None:
        """Delete everything, for tests."""
        self._drain()
        if urlsplit(self.path).path == "/api/messages" and self._is_ours():
            self.mailbox.clear()
            self._send(b"[]", "application/json")
        else:
            self._missing()

    def _one_mail(self, path: str) -> None:
        found = re.fullmatch(r"/messages/([0-9a-z-]+)(?:/(html|source|attachments/(\d+)))?", path)
        mail = self.mailbox.mail(found.group(1)) if found else None
        if found is None or mail is None:
            self._missing()
            return
        part = found.group(2)
        if part is None:
            self._page(pages.mail_page(mail))
        elif part == "html":
            html = pages.framed(mail.html or "")
            self._send(html.encode(), "text/html", policy=_MAIL_POLICY)
        elif part == "source":
            self._send(mail.source, "text/plain")
        else:
            self._attachment(mail, int(found.group(3)))

    def _attachment(self, mail: StoredMail, number: int) -> None:
        if number >= len(mail.attachments):
            self._missing()
            return
        attachment = mail.attachments[number]
        disposition = f"attachment; filename*=UTF-8''{quote(attachment.name, safe='')}"
        self._send(
            attachment.content,
            attachment.content_type,
            headers={"Content-Disposition": disposition},
        )

    def _page(self, html: str) -> None:
        self._send(html.encode(), "text/html", policy=_PAGE_POLICY)

    def _missing(self) -> None:
        self._send(b"There is nothing at this address.", "text/plain", HTTPStatus.NOT_FOUND)

    def _is_ours(self) -> bool:
        """Say whether no other site's page sent this request."""
        origin = self.headers.get("Origin")
        return origin in (None, f"http://{self.headers.get('Host')}")

    def _drain(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(
        self,
        body: bytes,
        content_type: str,
        status: HTTPStatus = HTTPStatus.OK,
        *,
        policy: str = "default-src 'none'; sandbox",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        charset = "; charset=utf-8" if content_type.startswith("text/") else ""
        self.send_header("Content-Type", content_type + charset)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        """Say nothing: the page refreshes itself, which would fill the log."""


def serve(*, smtp_port: int, http_port: int, directory: Path) -> Callable[[], None]:
    """Start both servers in threads; return what stops them."""
    mailbox = Mailbox(directory)
    handler = type("Handler", (_Handler,), {"mailbox": mailbox})
    web = ThreadingHTTPServer((HOST, http_port), handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    smtp = Controller(
        _Receiver(mailbox), hostname=HOST, port=smtp_port, data_size_limit=_LARGEST_MAIL
    )
    smtp.start()

    def stop() -> None:
        smtp.stop()
        web.shutdown()
        web.server_close()

    return stop


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="A local mailbox: SMTP in, a web page out.")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    chosen = parser.parse_args()
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    stop = serve(smtp_port=chosen.smtp_port, http_port=chosen.http_port, directory=chosen.directory)
    sys.stdout.write(f"mailbox ready http://{HOST}:{chosen.http_port}\n")
    sys.stdout.flush()
    ended.wait()
    stop()


if __name__ == "__main__":
    main()
