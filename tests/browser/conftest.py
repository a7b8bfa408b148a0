"""Browser pages that fail their test on any script error, refused resource or policy violation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
)

Open = Callable[..., BrowserContext]

#: Other tests run beside these, so a page may take its time.
expect.set_options(timeout=20_000)


class Watch:
    """Collects what goes wrong on the pages of a context."""

    def __init__(self, context: BrowserContext) -> None:
        self.errors: list[str] = []
        self._documents: set[str] = set()
        context.on("page", self._attach)

    def _attach(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("response", self._answered)
        page.on("console", self._said)

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._documents.add(response.url.partition("#")[0])
        elif response.status >= 400:
            self.errors.append(f"{response.status} {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        about = message.location.get("url", "").partition("#")[0]
        is_page = "Failed to load resource" in message.text and about in self._documents
        if message.type in {"error", "warning"} and not is_page:
            self.errors.append(f"{about}: {message.text}")


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Open]:
    """Open a browser as a visitor of its own: ``open_context(**PHONE)``; watched."""
    with ExitStack() as stack:
        watches: list[Watch] = []

        def make(**options: Any) -> BrowserContext:
            context = browser.new_context(**{"locale": "en-US", **options})
            context.set_default_timeout(20_000)
            stack.callback(context.close)
            watches.append(Watch(context))
            return context

        yield make
        assert [error for watch in watches for error in watch.errors] == []


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The site in this very process, so that its clock is the one that the test moves."""
    settings.SITE_URL = live_server.url
    return str(live_server.url)
