"""Events, listed for 30 days (docs.stripe.com/api/events)."""

from sandbox import lists
from sandbox.call import Call, endpoint
from sandbox.errors import bad_parameter
from sandbox.shapes import Json

KEPT_SECONDS = 30 * 24 * 3600
MOST_TYPES = 20


@endpoint("GET", "/v1/events/{id}")
def retrieve(call: Call) -> Json:
    """One event."""
    return call.get("event", call.path["id"])


@endpoint("GET", "/v1/events")
def index(call: Call) -> Json:
    """Events of the last 30 days, the newest first; ``type`` may end in ``*``."""
    given = call.parameters
    if len(given.get("types") or ()) > MOST_TYPES:
        raise bad_parameter(f"Array too long: at most {MOST_TYPES} types.", param="types")
    oldest = call.sandbox.clock.now() - KEPT_SECONDS
    found = [
        event
        for event in call.sandbox.store.newest_first(call.account, "event")
        if event["created"] >= oldest and _wanted(event["type"], given)
    ]
    found = lists.by_time(found, given.get("created"))
    return lists.page(call, found, "/v1/events")


def _wanted(kind: str, given: Json) -> bool:
    types = given.get("types") or ([given["type"]] if "type" in given else [])
    return not types or any(
        kind == wanted or (wanted.endswith("*") and kind.startswith(wanted[:-1]))
        for wanted in types
    )
