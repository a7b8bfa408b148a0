"""Turns stored objects into answers: private keys dropped, ids expanded on request.

Source: docs.stripe.com/api/expanding_objects (dots go deeper, ``data.`` in lists, 4 levels).
"""

from sandbox.errors import invalid
from sandbox.schema import component
from sandbox.shapes import Json
from sandbox.store import Store

DEEPEST = 4
KIND_BY_PREFIX = {
    "acct": "account",
    "ch": "charge",
    "du": "dispute",
    "pi": "payment_intent",
    "pm": "payment_method",
    "po": "payout",
    "prod": "product",
    "py": "charge",
    "re": "refund",
    "tr": "transfer",
    "txn": "balance_transaction",
}


class Renderer:
    """Writes objects for answers and events."""

    def __init__(self, store: Store, *, live: bool = False) -> None:
        """Takes the store that expansions read from; ``live``: objects are those of live mode."""
        self._store = store
        self._live = live

    def plain(self, value: Json) -> Json:
        """A shallow copy without private keys (those that start with an underscore)."""
        shown = {key: entry for key, entry in value.items() if not key.startswith("_")}
        if self._live and "livemode" in shown:
            shown["livemode"] = not shown["livemode"]  # kept as in test mode, or falsified
        return shown

    def expanded(self, value: Json, paths: list[str], account: str) -> Json:
        """The answer for one object; raises ``StripeError`` for a path that cannot be expanded."""
        answer = self.plain(value)
        for path in paths:
            parts = path.split(".")
            if len([part for part in parts if part != "data"]) > DEEPEST:
                raise invalid(
                    f"You cannot expand more than {DEEPEST} levels of a property. Property: {path}",
                    param="expand",
                )
            self._expand(answer, value, parts, account)
        return answer

    def listed(self, values: Json, paths: list[str], account: str) -> Json:
        """The answer for a list whose ``data`` holds stored objects."""
        below = []
        for path in paths:
            if not path.startswith("data."):
                raise _refusal(path.split(".")[0])
            below.append(path.removeprefix("data."))
        data = [self.expanded(value, below, account) for value in values["data"]]
        return {**values, "data": data}

    def _expand(self, answer: Json, stored: Json, parts: list[str], account: str) -> None:
        name, rest = parts[0], parts[1:]
        if name in ("refunds", "line_items"):
            answer[name] = self._sublist(answer, stored, name, rest, account)
            return
        if not _is_expandable(answer.get("object", ""), name):
            raise _refusal(name)
        current = answer.get(name)
        if isinstance(current, str):
            target = self._target(current, account)
            if target is None:
                return
            current = self.plain(target)
            answer[name] = current
        if rest and isinstance(current, dict):
            original = self._target(current["id"], account) or current
            self._expand(current, original, rest, account)

    def _sublist(
        self, answer: Json, stored: Json, name: str, rest: list[str], account: str
    ) -> Json:
        kind, identifier = answer["object"], answer["id"]
        if (kind, name) == ("charge", "refunds"):
            data = self._store.having(account, "refund", "charge", identifier)
            url = f"/v1/charges/{identifier}/refunds"
        elif (kind, name) == ("checkout.session", "line_items"):
            data = stored["_line_items"]
            url = f"/v1/checkout/sessions/{identifier}/line_items"
        else:
            raise _refusal(name)
        below = [".".join(rest[1:])] if len(rest) > 1 and rest[0] == "data" else []
        return {
            "object": "list",
            "data": [self.expanded(entry, below, account) for entry in data],
            "has_more": False,
            "url": url,
        }

    def _target(self, identifier: str, account: str) -> Json | None:
        kind = KIND_BY_PREFIX.get(identifier.split("_", 1)[0])
        return None if kind is None else self._store.get(account, kind, identifier)


def _is_expandable(kind: str, name: str) -> bool:
    try:
        choices = component(kind)["properties"][name].get("anyOf", ())
    except KeyError:
        return False
    return any(choice.get("type") == "string" for choice in choices) and any(
        "$ref" in choice for choice in choices
    )


def _refusal(name: str) -> Exception:
    return invalid(f"This property cannot be expanded ({name}).", param="expand")
