"""Small readings of URL-encoded text."""

from urllib.parse import parse_qsl

from sandbox.shapes import Json


def query_values(query: str) -> Json:
    """The values of a query string or a posted form; the last one of a name counts."""
    return dict(parse_qsl(query, keep_blank_values=True))
