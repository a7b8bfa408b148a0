"""One request to a program: to the address that was judged, no redirect followed, no answer read.

The time-out of a socket counts for each read: a watch cuts the connection at the deadline.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Final
from urllib.parse import SplitResult

from events.services.webhooks import addresses

#: Seconds that one request may take once it is connected; connecting to one address has as many.
DEADLINE: Final = 15.0


class FailedError(Exception):
    """No answer came. ``why`` in one word: "address", "name", "connection", "timeout"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def post(url: str, body: str, headers: Mapping[str, str]) -> int:
    """Send a body by POST and return the status of the answer. Raises FailedError."""
    cut = threading.Event()
    try:
        parts = addresses.split(url)
        connection, found = _unconnected(parts)
    except addresses.AddressRefusedError as error:
        raise FailedError("address") from error
    except OSError as error:
        raise FailedError("name") from error
    watch = threading.Timer(DEADLINE, _cut, [connection, cut])
    watch.daemon = True
    try:
        connection.sock = _first_answering(found, connection.port)
        watch.start()
        if parts.scheme == "https":
            _secure(connection)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"Host": parts.netloc, "Connection": "close", **headers}
        connection.request("POST", target, body.encode(), sent)
        return connection.getresponse().status
    except TimeoutError as error:
        raise FailedError("timeout") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FailedError("timeout" if cut.is_set() else "connection") from error
    finally:
        watch.cancel()
        with suppress(OSError):
            connection.close()


def _unconnected(parts: SplitResult) -> tuple[http.client.HTTPConnection, list[str]]:
    """Return a connection that is not made yet, and the addresses that it may be made to."""
    host = (parts.hostname or "").encode("idna").decode()
    is_http = parts.scheme == "http"
    port = parts.port or (80 if is_http else 443)
    found = addresses.resolved(host, port, only_local=is_http)
    return http.client.HTTPConnection(host, port, timeout=DEADLINE), found


def _secure(connection: http.client.HTTPConnection) -> None:
    """Put TLS on a connection; the certificate must be the name's."""
    secured = _tls().wrap_socket(
        connection.sock, server_hostname=connection.host, do_handshake_on_connect=False
    )
    connection.sock = secured
    secured.do_handshake()


def _first_answering(found: list[str], port: int) -> socket.socket:
    """Connect to the first address that answers; the name is asked for no second time."""
    for address in found[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout=DEADLINE)
    return socket.create_connection((found[-1], port), timeout=DEADLINE)


def _cut(connection: http.client.HTTPConnection, cut: threading.Event) -> None:
    cut.set()
    with suppress(OSError, AttributeError):  # it may have ended just now
        connection.sock.shutdown(socket.SHUT_RDWR)
