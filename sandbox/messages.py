"""One HTTP request and one answer, as the server passes them around."""

import json
from dataclasses import dataclass, field

from sandbox.shapes import Json


@dataclass(frozen=True)
class Request:
    """A parsed HTTP request. Header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text; broken encodings are replaced."""
        return self.body.decode(errors="replace")


@dataclass
class Response:
    """An HTTP answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Close the connection without sending anything: the answer is lost."""


def json_response(value: object, status: int = 200, **headers: str) -> Response:
    """An answer in JSON."""
    return Response(status, json.dumps(value).encode(), "application/json", dict(headers))


def redirect(location: str) -> Response:
    """303 See Other, after a form was posted."""
    return Response(303, headers={"Location": location})


def read_json(request: Request) -> Json:
    """The JSON object in the body; an empty body is an empty object. Raises ``ValueError`` or
    ``TypeError``."""
    if not request.body:
        return {}
    value = json.loads(request.body)
    if not isinstance(value, dict):
        raise TypeError("a JSON object is expected")
    return value
