"""The endpoints of Stripe's API that the sandbox answers, one file for each resource."""

from importlib import import_module

from sandbox.call import ENDPOINTS, Endpoint
from sandbox.routes import Routes

RESOURCES = (
    "accounts",
    "balance",
    "charges",
    "checkout",
    "disputes",
    "events",
    "payment_intents",
    "payment_methods",
    "payment_pages",
    "payouts",
    "products",
    "refunds",
    "transfers",
    "webhook_endpoints",
)


def registered() -> Routes[Endpoint]:
    """Every endpoint (importing a resource registers its endpoints)."""
    for resource in RESOURCES:
        import_module(f"sandbox.api.{resource}")
    return ENDPOINTS
