"""The HTTP server: one thread for each connection, kept alive, on 127.0.0.1 only."""

import logging
import select
import socket
import sys
import time
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox import controls, dispatch
from sandbox.errors import StripeError
from sandbox.faults import Fault
from sandbox.messages import Request, Response, json_response
from sandbox.pages import router as pages

if TYPE_CHECKING:
    from sandbox.application import Sandbox

LOGGER = logging.getLogger("sandbox")
LARGEST_BODY = 5_000_000
LONGEST_HANG = 90.0
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, sandbox: "Sandbox", port: int) -> None:
        """Binds the port (0: a free one) and tells the sandbox its address."""
        super().__init__(("127.0.0.1", port), Handler)
        self.sandbox = sandbox
        sandbox.base_url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(
        self,
        request: object,  # noqa: ARG002 -- the base's parameters
        client_address: object,
    ) -> None:
        """Connections that clients drop are no news."""
        LOGGER.debug("connection of %s lost: %s", client_address, sys.exc_info()[1])


class Handler(BaseHTTPRequestHandler):
    """Reads requests and writes answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 75
    server: Server

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= LARGEST_BODY:
            self.close_connection = True
            self._write(json_response({"error": {"message": "body too large"}}, 413))
            return
        body = self.rfile.read(length) if length else b""
        parts = urlsplit(self.path)
        headers = {name.lower(): text for name, text in self.headers.items()}
        request = Request(self.command, parts.path, parts.query, headers, body)
        fault = self.server.sandbox.faults.take(request.method, request.path)
        if fault is not None and fault.how != "after":
            self._fail(fault)
            return
        response = self._answer(request)
        if response.cut or fault is not None:
            self._cut()
            return
        self._write(response)

    do_GET = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815 -- the base's names

    def _answer(self, request: Request) -> Response:
        sandbox = self.server.sandbox
        try:
            if request.path.startswith(("/v1/", "/v2/")):
                return dispatch.answer(sandbox, request)
            if request.path.startswith("/_sandbox/"):
                return controls.answer(sandbox, request)
            return pages.answer(sandbox, request)
        except StripeError as failure:
            return json_response(failure.body(), failure.status)
        except Exception:
            LOGGER.exception("%s %s failed", request.method, request.path)
            error = {"type": "api_error", "message": "The sandbox made a mistake; see its log."}
            return json_response({"error": error}, 500)

    def _fail(self, fault: Fault) -> None:
        if fault.how == "timeout":
            self._hang(fault.seconds or LONGEST_HANG)
        elif fault.how == "reset":
            self._cut()
        else:
            self._write(_failure(int(fault.how)))

    def _hang(self, seconds: float) -> None:
        """Says nothing until the client gives up or the seconds are over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            readable, _, _ = select.select([self.connection], [], [], 0.2)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                break
        self._cut()

    def _cut(self) -> None:
        """Resets the connection instead of answering."""
        self.close_connection = True
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.rfile.close()

    def _write(self, response: Response) -> None:
        phrase = HTTPStatus(response.status).phrase
        headers = {
            "Date": formatdate(usegmt=True),
            "Content-Type": response.content_type,
            "Content-Length": str(len(response.body)),
            **(SECURITY if response.content_type.startswith("text/html") else {}),
            **response.headers,
        }
        lines = [f"HTTP/1.1 {response.status} {phrase}"]
        lines += [f"{name}: {text}" for name, text in headers.items() if "\n" not in text]
        head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
        self.wfile.write(head if self.command == "HEAD" else head + response.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        """Requests are shown on the dashboard, not on the console."""


def _failure(status: int) -> Response:
    """What Stripe answers when it is ill or busy (docs.stripe.com/rate-limits)."""
    if status == 429:
        error = {
            "type": "invalid_request_error",
            "code": "rate_limit",
            "message": "Request rate limit exceeded.",
        }
    elif status == 409:
        error = {
            "type": "invalid_request_error",
            "code": "lock_timeout",
            "message": "This object cannot be accessed right now because another API request "
            "or Stripe process is currently accessing it.",
        }
    else:
        error = {"type": "api_error", "message": "An unknown error occurred."}
    return json_response({"error": error}, status, **{"Request-Id": "req_sandboxfault"})
