"""Sends one webhook over HTTP, on connections that are kept open per thread."""

import http.client
import threading
import time
from urllib.parse import urlsplit

from sandbox.shapes import Json

TIMEOUT = 20
_connections = threading.local()


def post(url: str, body: bytes, headers: dict[str, str]) -> Json:
    """Posts and returns {status, body, error, seconds}; never raises for a failed delivery."""
    started = time.monotonic()
    answer: Json = {"status": None, "body": "", "error": None}
    try:
        status, text = _exchange(url, body, headers)
        answer.update(status=status, body=text[:400].decode(errors="replace"))
    except (OSError, http.client.HTTPException) as failure:
        answer["error"] = f"{type(failure).__name__}: {failure}"
    answer["seconds"] = round(time.monotonic() - started, 3)
    return answer


def _exchange(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "") or "/"
    known: dict[str, http.client.HTTPConnection] = _connections.__dict__
    key = f"{parts.scheme}://{parts.netloc}"
    for fresh in (False, True):
        connection = None if fresh else known.pop(key, None)
        reused = connection is not None
        if connection is None:
            kind = (
                http.client.HTTPSConnection
                if parts.scheme == "https"
                else (http.client.HTTPConnection)
            )
            connection = kind(parts.netloc, timeout=TIMEOUT)
        try:
            connection.request("POST", target, body, headers)
            response = connection.getresponse()
            text = response.read()
        except (http.client.HTTPException, ConnectionError):
            connection.close()
            if not reused:
                raise
            continue  # A kept connection that the other side had closed: once more on a new one.
        if response.will_close:
            connection.close()
        else:
            known[key] = connection
        return response.status, text
    raise ConnectionError("no connection")
