"""One API call as the endpoints see it, and the registry of endpoints."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.errors import missing
from sandbox.routes import Routes
from sandbox.shapes import Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox


@dataclass(frozen=True)
class Call:
    """A request with its account, its validated parameters and the values of its path."""

    sandbox: "Sandbox"
    account: str
    parameters: Json
    path: dict[str, str]
    version: str

    def get(self, kind: str, identifier: str, *, param: str = "id") -> Json:
        """One object of this account; raises ``StripeError`` (resource_missing)."""
        found = self.sandbox.store.get(self.account, kind, identifier)
        if found is None:
            raise missing(kind, identifier, param=param)
        return found

    def put(self, kind: str, value: Json) -> Json:
        """Stores a new or changed object of this account."""
        return self.sandbox.store.put(self.account, kind, value)

    def emit(self, kind: str, value: Json, previous: Json | None = None) -> Json:
        """Records an event of this account."""
        return self.sandbox.events.emit(self.account, kind, value, previous)

    def merge_metadata(self, value: Json) -> None:
        """Merges the call's metadata into an object; an empty value removes its key."""
        given = self.parameters.get("metadata")
        if given == "":
            value["metadata"] = {}
        elif given is not None:
            merged = {**(value["metadata"] or {}), **given}
            value["metadata"] = {key: text for key, text in merged.items() if text != ""}


Endpoint = Callable[[Call], Json]
ENDPOINTS: Routes[Endpoint] = Routes()
endpoint = ENDPOINTS.add
