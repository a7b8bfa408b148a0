"""Finds the page for a path."""

from typing import TYPE_CHECKING

from sandbox.messages import Request, Response

if TYPE_CHECKING:
    from sandbox.application import Sandbox


def answer(sandbox: "Sandbox", request: Request) -> Response:
    """One page."""
    return Response(404, b"not here")
