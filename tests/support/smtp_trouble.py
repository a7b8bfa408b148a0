"""A misbehaving SMTP server, and a sink behind a proxy."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

#: Takes the mail's content and never answers.
HANG_AFTER_DATA = "hang after data"
#: Answers the content by one letter each half second.
DRIP = "drip"
#: Takes every mail.
PASS = "pass"


@dataclass
class TroubledServer:
    """Speaks SMTP line by line. ``refusals`` answers addresses; ``mode`` is how it takes content.

    ``greeting`` other than 220 refuses whoever comes.
    """

    mode: str = PASS
    greeting: str = "220 here"
    refusals: dict[str, str] = field(default_factory=dict)
    received: list[str] = field(default_factory=list)
    connections: int = 0
    hellos: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def serve(self, handler: socketserver.StreamRequestHandler) -> None:
        """Serve one connection."""
        self.connections += 1
        say = lambda text: handler.wfile.write(text.encode() + b"\r\n")  # noqa: E731
        say(self.greeting)
        recipient = ""
        while line := handler.rfile.readline():
            word = line.decode().strip().upper()
            if word.startswith(("EHLO", "HELO")):
                self.hellos += 1
                say("250 hello")
            elif word.startswith("RCPT"):
                recipient = line.decode().partition("<")[2].partition(">")[0]
                say(self.refusals.get(recipient, "250 ok"))
            elif word == "DATA":
                say("354 go on")
                while handler.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self._answer(handler, recipient)
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def _answer(self, handler: socketserver.StreamRequestHandler, recipient: str) -> None:
        if self.mode == HANG_AFTER_DATA:
            self.stopping.wait(60)
            return
        if self.mode == DRIP:
            for _ in range(120):
                handler.wfile.write(b"2")
                if self.stopping.wait(0.5):
                    return
        self.received.append(recipient)
        handler.wfile.write(b"250 kept\r\n")


@contextmanager
def troubled() -> Iterator[tuple[TroubledServer, int]]:
    """Run one on a free port of 127.0.0.1; yield it and its port."""
    server = TroubledServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                server.serve(self)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield server, listening.server_address[1]
        server.stopping.set()
        listening.shutdown()
