"""Webhook endpoints (docs.stripe.com/api/webhook_endpoints)."""

import secrets
from typing import TYPE_CHECKING

from sandbox import identifiers, lists
from sandbox.call import Call, endpoint
from sandbox.errors import bad_parameter
from sandbox.events import DEFAULT_VERSION
from sandbox.schema import skeleton
from sandbox.shapes import PLATFORM, Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox


def _object(identifier: str, url: str, events: list[str], owner: str, created: int) -> Json:
    return {
        **skeleton("webhook_endpoint"),
        "id": identifier,
        "created": created,
        "enabled_events": events,
        "metadata": {},
        "status": "enabled",
        "url": url,
        "_connect": False,
        "_owner": owner,
    }


def add_started(sandbox: "Sandbox") -> None:
    """Registers the endpoints of the command line, replacing those of the last start."""
    with sandbox.store.transaction():
        for known in sandbox.store.newest_first(PLATFORM, "webhook_endpoint"):
            if known["id"].startswith("we_started"):
                sandbox.store.delete(PLATFORM, "webhook_endpoint", known["id"])
        for number, (url, secret, connect) in enumerate(sandbox.options.webhooks):
            created = sandbox.clock.now()
            events = sandbox.options.webhook_events
            started = _object(f"we_started{number}", url, events, PLATFORM, created)
            started.update(_connect=connect, _secret=secret)
            sandbox.store.put(PLATFORM, "webhook_endpoint", started)


@endpoint("POST", "/v1/webhook_endpoints")
def create(call: Call) -> Json:
    """Registers an endpoint; only this answer holds its secret."""
    given = call.parameters
    if not given["url"].startswith(("http://", "https://")):
        raise bad_parameter(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
            param="url",
            code="url_invalid",
        )
    made = _object(
        identifiers.new("webhook_endpoint"),
        given["url"],
        given["enabled_events"],
        call.account,
        call.sandbox.clock.now(),
    )
    made.update(
        api_version=given.get("api_version") or DEFAULT_VERSION,
        description=given.get("description") or None,
        metadata=given.get("metadata") or {},
        _connect=bool(given.get("connect")),
        _secret=f"whsec_{secrets.token_urlsafe(24)}",
    )
    call.put("webhook_endpoint", made)
    return {**made, "secret": made["_secret"]}


@endpoint("GET", "/v1/webhook_endpoints/{webhook_endpoint}")
def retrieve(call: Call) -> Json:
    """One endpoint."""
    return call.get("webhook_endpoint", call.path["webhook_endpoint"])


@endpoint("POST", "/v1/webhook_endpoints/{webhook_endpoint}")
def update(call: Call) -> Json:
    """Changes the address, the events, or switches it off and on."""
    known = call.get("webhook_endpoint", call.path["webhook_endpoint"])
    for name in ("url", "enabled_events", "description"):
        if name in call.parameters:
            known[name] = call.parameters[name] or None
    if "disabled" in call.parameters:
        known["status"] = "disabled" if call.parameters["disabled"] else "enabled"
    call.merge_metadata(known)
    return call.put("webhook_endpoint", known)


@endpoint("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}")
def delete(call: Call) -> Json:
    """Forgets an endpoint; what it still had to get is dropped."""
    known = call.get("webhook_endpoint", call.path["webhook_endpoint"])
    call.sandbox.store.delete(call.account, "webhook_endpoint", known["id"])
    return {"id": known["id"], "object": "webhook_endpoint", "deleted": True}


@endpoint("GET", "/v1/webhook_endpoints")
def index(call: Call) -> Json:
    """Endpoints, the newest first."""
    return lists.answer(call, "webhook_endpoint", "/v1/webhook_endpoints")
