"""The small tools: links, logs, cells, addresses, zones, the forgiving cache."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from events.services import content
from fundraiser.core import links, zones
from fundraiser.core.cache import ForgivingRedisCache
from fundraiser.core.csv import safe_cell
from fundraiser.core.http import client_address
from fundraiser.core.logs import WithoutTokens

_ID = uuid.UUID("12345678-1234-4234-8234-123456789abc")


def test_a_link_opens_what_it_was_made_for_and_nothing_else(settings: Settings) -> None:
    token = links.make("booking", _ID, 3)
    assert links.read("booking", token) == links.Link(_ID, 3)
    for purpose, wrong in (
        ("gift", token),
        ("booking", token[:-1]),
        ("booking", token.replace(".3.", ".4.")),
        ("booking", ""),
        ("booking", "x" * 10_000),
        ("booking", "a.b.c"),
    ):
        with pytest.raises(links.InvalidLinkError):
            links.read(purpose, wrong)
    settings.LINK_KEY = "another key of more than thirty-two characters"
    with pytest.raises(links.InvalidLinkError):
        links.read("booking", token)


def test_a_links_signature_has_at_least_128_bits() -> None:
    signature = links.make("booking", _ID).rpartition(".")[2]
    assert len(signature) * 6 >= 256


def test_logs_keep_no_link_and_no_address() -> None:
    token = links.make("booking", _ID)
    record = logging.LogRecord("x", 20, "x", 1, "GET /b/%s/ for %s", (token, "a@b.org"), None)
    assert WithoutTokens("%(message)s").format(record) == "GET /b/[link]/ for [address]"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell(f"a{text}") == f"a{text}"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "9.9.9.9"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "9.9.9.9"),
        (1, "nonsense", "0.0.0.0"),
    ],
)
def test_only_our_own_proxies_are_believed(
    settings: Settings, proxies: int, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == expected


def test_a_moment_is_written_in_the_zone_and_the_language() -> None:
    moment = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)  # The very moment Paris moves its clocks.
    assert zones.long_text(moment, "Europe/Paris", "en") == "Sunday 28 March 2027 at 03:00 (Paris)"
    french = zones.long_text(moment, "Europe/Paris", "fr-be")
    assert french.startswith("dimanche 28 mars 2027 à 03:00")
    assert not zones.is_zone("Europe/Nowhere")


def test_without_redis_the_cache_is_empty_and_nothing_breaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ForgivingRedisCache, "_resting_until", 0.0)
    options = {"OPTIONS": {"socket_connect_timeout": 0.1}}
    cache = ForgivingRedisCache("redis://127.0.0.1:1/0", options)
    cache.set("a", 1)
    assert cache.get("a") is None
    assert cache.get("a", "other") == "other"
    assert cache.get_many(["a"]) == {}
    assert cache.delete("a") is False
    monkeypatch.setattr(ForgivingRedisCache, "_resting_until", 0.0)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold**", "<p><strong>bold</strong></p>\n"),
        ("# Title", "<h2>Title</h2>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("![x](https://spy.example/x.png)", "<p></p>\n"),
    ],
)
def test_what_organizers_write_is_safe(written: str, shown: str) -> None:
    assert content.markdown(written) == shown


def test_links_of_organizers_tell_nobody_where_one_came_from() -> None:
    assert 'rel="noopener noreferrer"' in content.markdown("[x](https://example.org)")
