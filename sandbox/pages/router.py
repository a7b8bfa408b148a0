"""Finds the page for a path."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.messages import Request, Response
from sandbox.pages import checkout, dashboard, onboarding, receipt
from sandbox.pages.layout import message
from sandbox.pages.words import WORDS

if TYPE_CHECKING:
    from sandbox.application import Sandbox


PAGES: dict[str, Callable[["Sandbox", Request, str], Response]] = {
    "authenticate": checkout.authentication,
    "connect": onboarding.answer,
    "pay": checkout.answer,
    "receipt": receipt.show,
}


@cache
def _style() -> bytes:
    return Path(__file__).with_name("sandbox.css").read_bytes()


def answer(sandbox: "Sandbox", request: Request) -> Response:
    """One page; forms posted from another site are refused."""
    posted = request.method == "POST"
    if posted and request.headers.get("sec-fetch-site", "none") == "cross-site":
        return Response(403, b"cross-site", "text/plain")
    name, _, rest = request.path.strip("/").partition("/")
    if request.path == "/sandbox.css":
        return Response(
            body=_style(),
            content_type="text/css; charset=utf-8",
            headers={"Cache-Control": "max-age=60"},
        )
    if rest and name in PAGES:
        return PAGES[name](sandbox, request, rest)
    if name in ("", "dashboard"):
        return dashboard.answer(sandbox, request, rest)
    words = WORDS["en"]
    return message(
        words, words["missing_title"], "No such page.", link="/", label="Dashboard", status=404
    )
