"""A webhook goes to public addresses alone, and nobody is waited for without end."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from events.services.webhooks import requests
from tests.sandbox.receiver import Receiver

PRIVATE = (
    "https://localhost",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[64:ff9b::7f00:1]",
    "https://10.0.0.1",
    "https://169.254.169.254",
    "https://[fe80::1]",
    "https://0.0.0.0",
    "https://100.64.0.1",
    "http://1.1.1.1",
)


def test_no_request_goes_to_a_private_address(
    receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []

    def connect(address: Any, timeout: float) -> socket.socket:
        made.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    settings.WEBHOOKS_TO_LOCAL = False
    port = receiver.url.rpartition(":")[2]
    for url in (*PRIVATE, receiver.url):
        address = url if url == receiver.url else f"{url}:{port}/"
        with pytest.raises(requests.FailedError) as failed:
            requests.post(address, "{}", {})
        assert failed.value.why == "address", url
    # A public name that also has a private address, as one that is bound anew.
    both = [(0, 0, 0, "", ("1.1.1.1", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(requests.FailedError, match="address"):
        requests.post("https://both.example/", "{}", {})
    assert made == []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both[:1])
    with pytest.raises(requests.FailedError, match="connection"):
        requests.post("https://public.example/", "{}", {})
    assert made == [("1.1.1.1", 443)]  # control: this one would be asked


def test_a_receiver_that_dawdles_is_cut_off(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "DEADLINE", 0.2)
    silent = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
    with silent, pytest.raises(requests.FailedError, match="timeout"):
        requests.post(url, "{}", {})
    with pytest.raises(requests.FailedError, match="connection"):
        requests.post(url, "{}", {})


def test_a_receiver_that_never_comes_to_an_end_is_cut_off(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "DEADLINE", 0.2)

    def go_on(server: socket.socket) -> None:
        line, _address = server.accept()
        with line, suppress(OSError):
            while True:  # each read of the sender brings something, so no time-out of a read comes
                line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as endless:
        talker = threading.Thread(target=go_on, args=[endless], daemon=True)
        talker.start()
        with pytest.raises(requests.FailedError, match="timeout"):
            requests.post(f"http://127.0.0.1:{endless.getsockname()[1]}/", "{}", {})
        talker.join(10)
