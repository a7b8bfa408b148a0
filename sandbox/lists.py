"""Lists with cursors and filters (docs.stripe.com/api/pagination)."""

from collections.abc import Iterable

from sandbox.call import Call
from sandbox.errors import bad_parameter, invalid
from sandbox.shapes import Json

DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100


def answer(call: Call, kind: str, url: str, *, filters: Iterable[str] = ()) -> Json:
    """The list of a kind, narrowed by the call's ``created`` and the named equal-to filters."""
    given = {name: call.parameters[name] for name in filters if name in call.parameters}
    indexed = next((name for name in given if name in ("payment_intent", "charge", "payout")), None)
    store = call.sandbox.store
    found = (
        store.newest_first(call.account, kind)
        if indexed is None
        else store.having(call.account, kind, indexed, given[indexed])
    )
    for name, wanted in given.items():
        found = [value for value in found if value.get(name) == wanted]
    return page(call, by_time(found, call.parameters.get("created")), url)


def by_time(found: list[Json], wanted: object) -> list[Json]:
    """What was created at a time, or within gt, gte, lt and lte (Unix seconds)."""
    if isinstance(wanted, int):
        return [value for value in found if value["created"] == wanted]
    if isinstance(wanted, dict):
        return [
            value
            for value in found
            if value["created"] > wanted.get("gt", -1)
            and value["created"] >= wanted.get("gte", -1)
            and value["created"] < wanted.get("lt", 1 << 62)
            and value["created"] <= wanted.get("lte", 1 << 62)
        ]
    return found


def page(call: Call, found: list[Json], url: str) -> Json:
    """One page of ``found`` (newest first) by limit, starting_after and ending_before."""
    limit = call.parameters.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= LARGEST_LIMIT:
        raise bad_parameter(
            f"Invalid integer: this value must be between 1 and {LARGEST_LIMIT}.",
            param="limit",
            code="parameter_invalid_integer",
        )
    after = call.parameters.get("starting_after")
    before = call.parameters.get("ending_before")
    if after is not None and before is not None:
        raise bad_parameter(
            "You can only pass one of starting_after and ending_before.", param="ending_before"
        )
    start, end = 0, limit
    if after is not None:
        start = _position(found, after, "starting_after") + 1
        end = start + limit
    if before is not None:
        end = _position(found, before, "ending_before")
        start = max(0, end - limit)
    more = start > 0 if before is not None else end < len(found)
    return {"object": "list", "data": found[start:end], "has_more": more, "url": url}


def _position(found: list[Json], identifier: str, param: str) -> int:
    for position, value in enumerate(found):
        if value["id"] == identifier:
            return position
    raise invalid(f"No such object: '{identifier}'", param=param, code="resource_missing")
