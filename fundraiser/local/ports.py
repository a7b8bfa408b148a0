"""Free TCP ports on 127.0.0.1, remembered by name so that addresses stay the same."""

from __future__ import annotations

import os
import random
import socket
from pathlib import Path

from fundraiser.local.errors import StartError

HOST = "127.0.0.1"
#: Below the range from which systems hand out ports for outgoing connections (Linux: 32768 and up):
#: no client's socket can take one between our looking and the server's listening.
_RANGE = (20_000, 32_000)


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens."""
    for _ in range(200):
        port = random.randrange(*_RANGE)  # noqa: S311 -- no secret
        if is_free(port):
            return port
    raise StartError("No free port was found on 127.0.0.1.")


def is_listening(port: int) -> bool:
    """Say whether something accepts connections on this port of 127.0.0.1."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex((HOST, port)) == 0


class RememberedPorts:
    """Ports by name, kept in a file: the same again the next time where they are free."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ports: dict[str, int] = {}
        if file.exists():
            lines = (line.partition("=") for line in file.read_text().splitlines())
            self._ports = {name: int(port) for name, _, port in lines if port.isdigit()}
        self._given: set[int] = set()

    def get(self, name: str) -> int:
        """Return the port of ``name``: last time's where it is free, else another one."""
        port = self._ports.get(name, 0)
        while port in self._given or not port or not is_free(port):
            port = free_port()
        self._given.add(port)
        if self._ports.get(name) != port:
            self._ports[name] = port
            self._file.write_text("".join(f"{k}={v}\n" for k, v in sorted(self._ports.items())))
        return port


def site_port() -> int:
    """Return the port of the site: ``PORT``, 8000 unless set.

    Errors: StartError naming PORT when it is no port or taken.
    """
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise StartError(f"PORT is {text!r}, which is no TCP port: set it to a number, PORT=8001.")
    port = int(text)
    if not is_free(port):
        raise StartError(
            f"Port {port} is taken or not allowed: set PORT to another one, for example "
            f"PORT={port + 1} make run."
        )
    return port
