"""Finds the function that answers a method and path."""

from collections.abc import Callable
from typing import Generic, TypeVar

Handler = TypeVar("Handler")


class Routes(Generic[Handler]):
    """Patterns such as ``/v1/charges/{charge}`` and their functions."""

    def __init__(self) -> None:
        """Starts empty."""
        self._by_shape: dict[tuple[str, int], list[tuple[list[str], str, Handler]]] = {}

    def add(self, method: str, pattern: str) -> Callable[[Handler], Handler]:
        """A decorator that registers a function."""

        def register(handler: Handler) -> Handler:
            parts = pattern.strip("/").split("/")
            shape = self._by_shape.setdefault((method, len(parts)), [])
            shape.append((parts, pattern, handler))
            # Fixed words win over placeholders: /balance/history before /balance/{id}.
            shape.sort(key=lambda entry: sum(part.startswith("{") for part in entry[0]))
            return handler

        return register

    def find(self, method: str, path: str) -> tuple[Handler, str, dict[str, str]] | None:
        """The function, its pattern and the path's values; None when nothing matches."""
        given = path.strip("/").split("/")
        for parts, pattern, handler in self._by_shape.get((method, len(given)), ()):
            values = {}
            for part, text in zip(parts, given, strict=True):
                if part.startswith("{"):
                    values[part[1:-1]] = text
                elif part != text:
                    break
            else:
                return handler, pattern, values
        return None
