"""People with a seat and their way into the room, and a real BigBlueButton-like server."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from events.models import Registration, Workshop
from events.services import access
from events.services.seating import seats
from events.services.seating.seats import Payer
from fundraiser.core import clock

ROOM = "https://rooms.example.org/the-room"
HOME, OFFICE, MOBILE = "203.0.113.7", "198.51.100.20", "2001:db8:1::5"


def seated(workshop: Workshop, *, name: str = "Dora", email: str = "", **payer: Any) -> Any:
    """Return the first registration of a booking that was confirmed."""
    person = Payer(
        name=name,
        email=email or f"{name.split(maxsplit=1)[0].lower()}@example.org",
        language=payer.pop("language", "en"),
        **payer,
    )
    booking = seats.hold(
        workshop=workshop, payer=person, nonce=uuid.uuid4(), hold_expires_at=clock.now()
    )
    seats.confirm(booking)
    return booking.registrations.order_by("position").first()


def way_in(registration: Registration) -> str:
    """Return the path of a person's present link."""
    registration.refresh_from_db()
    return f"/j/{access.registration_link(registration)}/"


@dataclass
class Browser:
    """One browser in one network: it keeps its cookies and may move."""

    network: str = HOME
    client: Client = field(default_factory=Client)

    def look(self, path: str, **headers: str) -> Any:
        return self.client.get(path, REMOTE_ADDR=self.network, headers=headers)

    def enter(self, path: str) -> Any:
        return self.client.post(path, REMOTE_ADDR=self.network)


@dataclass
class BigBlueButton:
    """What a BigBlueButton server does for ``create``; ``calls`` are those with a right checksum.

    As docs.bigbluebutton.org/development/api says: the checksum is the hash of the call's name,
    the query string without the checksum, and the shared secret, in this order.
    """

    secret: str = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"
    url: str = ""
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    refused: int = 0
    silent: bool = False

    def is_signed(self, call: str, query: str) -> bool:
        bare, _, checksum = query.rpartition("&checksum=")
        wanted = hashlib.sha256(f"{call}{bare}{self.secret}".encode()).hexdigest()
        return bool(checksum) and checksum == wanted

    def answer(self, path: str) -> tuple[int, str]:
        address, _, query = path.partition("?")
        call = address.rpartition("/")[2]
        if self.silent:
            return 503, ""
        if not self.is_signed(call, query):
            self.refused += 1
            return 200, _xml("FAILED", "<messageKey>checksumError</messageKey>")
        values = {key: one[0] for key, one in parse_qs(query).items()}
        self.calls.append((call, values))
        return 200, _xml("SUCCESS", f"<meetingID>{values['meetingID']}</meetingID>")


def _xml(code: str, more: str) -> str:
    return f"<response><returncode>{code}</returncode>{more}</response>"


@pytest.fixture
def bigbluebutton(settings: Settings) -> Iterator[BigBlueButton]:
    """A server that the site is configured for."""
    standing = BigBlueButton()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = standing.answer(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    standing.url = f"http://127.0.0.1:{server.server_address[1]}/bigbluebutton"
    settings.BIGBLUEBUTTON_URL, settings.BIGBLUEBUTTON_SECRET = standing.url, standing.secret
    yield standing
    server.shutdown()
    server.server_close()
