"""Connected accounts and their onboarding (docs.stripe.com/api/accounts)."""

from typing import TYPE_CHECKING

from sandbox import identifiers, lists, onboarding
from sandbox.call import Call, endpoint
from sandbox.errors import forbidden_account
from sandbox.schema import skeleton
from sandbox.shapes import PLATFORM, Json

if TYPE_CHECKING:
    from sandbox.application import Sandbox

LINK_SECONDS = 5 * 60


def make(sandbox: "Sandbox", given: Json, identifier: str | None = None) -> Json:
    """A new connected account that has not been onboarded."""
    country = given.get("country", "US")
    currency = given.get("default_currency", onboarding.default_currency(country))
    controller = given.get("controller", {})
    dashboard = controller.get("stripe_dashboard", {}).get("type")
    account = {
        **skeleton("account"),
        "id": identifier or identifiers.new("account"),
        "business_profile": {
            **skeleton("account_business_profile"),
            **given.get("business_profile", {}),
        },
        "business_type": given.get("business_type"),
        "capabilities": dict.fromkeys(given.get("capabilities", {}), "inactive"),
        "controller": {"type": "application", "is_controller": True, **controller},
        "country": country,
        "created": sandbox.clock.now(),
        "default_currency": currency,
        "email": given.get("email"),
        "metadata": given.get("metadata") or {},
        "type": given.get("type") or ("standard" if dashboard in (None, "full") else "none"),
        "_given": [],
        "_extra": [],
        "_pending": [],
        "_blocked": None,
        "_currencies": [currency],
        "_banks": {},
    }
    onboarding.describe(account)
    return sandbox.store.put(PLATFORM, "account", account)


def disconnect(sandbox: "Sandbox", account: Json) -> None:
    """The platform loses the account; emits account.application.deauthorized on it."""
    application = {"id": "ca_sandbox", "object": "application", "name": "Sandbox"}
    sandbox.events.emit(account["id"], "account.application.deauthorized", application)
    sandbox.store.delete(PLATFORM, "account", account["id"])


@endpoint("POST", "/v1/accounts")
def create(call: Call) -> Json:
    """A connected account."""
    return make(call.sandbox, call.parameters)


def _known(call: Call, identifier: str) -> Json:
    account = call.sandbox.store.get(PLATFORM, "account", identifier)
    if account is None:
        raise forbidden_account(identifier)
    return account


@endpoint("GET", "/v1/accounts/{account}")
def retrieve(call: Call) -> Json:
    """One connected account."""
    return _known(call, call.path["account"])


@endpoint("POST", "/v1/accounts/{account}")
def update(call: Call) -> Json:
    """Changes an account; emits account.updated."""
    account = _known(call, call.path["account"])
    former = {"metadata": account["metadata"], "email": account["email"]}
    call.merge_metadata(account)
    account["email"] = call.parameters.get("email", account["email"])
    account["business_profile"].update(call.parameters.get("business_profile", {}))
    call.sandbox.store.put(PLATFORM, "account", account)
    call.sandbox.events.emit(account["id"], "account.updated", account, former)
    return account


@endpoint("DELETE", "/v1/accounts/{account}")
def delete(call: Call) -> Json:
    """Deletes an account."""
    account = _known(call, call.path["account"])
    disconnect(call.sandbox, account)
    return {"id": account["id"], "object": "account", "deleted": True}


@endpoint("GET", "/v1/accounts")
def index(call: Call) -> Json:
    """Connected accounts, the newest first."""
    return lists.answer(call, "account", "/v1/accounts")


@endpoint("POST", "/v1/account_links")
def link(call: Call) -> Json:
    """The address of the onboarding page (docs.stripe.com/api/account_links)."""
    account = _known(call, call.parameters["account"])
    account["_return_url"] = call.parameters.get("return_url")
    account["_refresh_url"] = call.parameters.get("refresh_url")
    now = call.sandbox.clock.now()
    account["_link_until"] = now + LINK_SECONDS
    call.sandbox.store.put(PLATFORM, "account", account)
    return {
        "object": "account_link",
        "created": now,
        "expires_at": now + LINK_SECONDS,
        "url": f"{call.sandbox.base_url}/connect/{account['id']}",
    }
