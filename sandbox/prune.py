"""Makes ``stripe_schema.json`` from Stripe's OpenAPI description.

``python -m sandbox.prune SOURCE``.

SOURCE is a copy of Stripe's published description (MIT licence, see the ``info`` of the result).
Only what the sandbox serves is kept, so that a reader can find things in it.
"""

import json
import sys
from pathlib import Path

from sandbox.shapes import Json

TARGET = Path(__file__).with_name("stripe_schema.json")
LEFT_OUT_PATHS = ("/v1/application_fees",)
# Objects that can only appear in answers the sandbox never gives.
LEFT_OUT_PROPERTIES = {
    "api_errors": ("setup_intent", "source"),
    "payment_intent": ("hooks", "payment_details"),
}
KEPT_METHODS = ("card", "sepa_debit", "us_bank_account", "billing_details", "radar_options")
METHOD_MAPS = (
    "payment_method",
    "payment_method_details",
    "payment_intent_payment_method_options",
    "checkout_session_payment_method_options",
)
NULLABLE_TEXT: Json = {"maxLength": 5000, "nullable": True, "type": "string"}
TEXT: Json = {"maxLength": 5000, "type": "string"}
# The source subset was stripped of prose by dropping every key called "description", which also
# removed the *properties* of that name. They are put back where docs.stripe.com/api has them.
DESCRIBED_OBJECTS = (
    "balance_transaction",
    "charge",
    "payment_intent",
    "payout",
    "product",
    "transfer",
    "webhook_endpoint",
    "fee",
    "item",
)
DESCRIBED_REQUESTS = (
    "/v1/charges",
    "/v1/charges/{charge}",
    "/v1/payment_intents",
    "/v1/payment_intents/{intent}",
    "/v1/payouts",
    "/v1/products",
    "/v1/transfers/{transfer}",
    "/v1/webhook_endpoints",
    "/v1/webhook_endpoints/{webhook_endpoint}",
)


def form_of(operation: Json) -> Json:
    """The schema of an operation's form-encoded request body."""
    form: Json = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    return form


def restore_descriptions(description: Json) -> None:
    """Puts the ``description`` properties back into objects and requests."""
    for name in DESCRIBED_OBJECTS:
        description["components"]["schemas"][name]["properties"]["description"] = NULLABLE_TEXT
    for path in DESCRIBED_REQUESTS:
        form_of(description["paths"][path]["post"])["properties"]["description"] = TEXT
    session = form_of(description["paths"]["/v1/checkout/sessions"]["post"])["properties"]
    session["payment_intent_data"]["properties"]["description"] = {**TEXT, "maxLength": 1000}
    line = session["line_items"]["items"]["properties"]
    line["price_data"]["properties"]["product_data"]["properties"]["description"] = TEXT


def drop_unused(description: Json) -> None:
    """Removes paths and properties that the sandbox does not serve."""
    for path in LEFT_OUT_PATHS:
        description["paths"].pop(path, None)
    schemas = description["components"]["schemas"]
    for name, properties in LEFT_OUT_PROPERTIES.items():
        for key in properties:
            schemas[name]["properties"].pop(key, None)
    for name in METHOD_MAPS:
        properties = schemas[name]["properties"]
        for key in [key for key, value in properties.items() if is_method_entry(key, value)]:
            del properties[key]


def is_method_entry(key: str, value: Json) -> bool:
    """Whether a property describes one way of paying that the sandbox does not offer."""
    return key not in KEPT_METHODS and any(key in name for name in referenced(value))


def reachable(description: Json) -> set[str]:
    """The names of the component schemas that a kept path or an event's object leads to."""
    schemas = description["components"]["schemas"]
    seen: set[str] = set()
    todo = referenced(description["paths"]) | {"deleted_webhook_endpoint", "transfer_reversal"}
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo |= referenced(schemas[name])
    return seen


def referenced(node: object) -> set[str]:
    """The component names in the ``$ref`` entries below ``node``."""
    if isinstance(node, list):
        return set().union(*(referenced(entry) for entry in node)) if node else set()
    if not isinstance(node, dict):
        return set()
    names = {node["$ref"].rsplit("/", 1)[1]} if isinstance(node.get("$ref"), str) else set()
    return names.union(*(referenced(entry) for entry in node.values()))


def written(description: Json) -> str:
    """The description as JSON with one schema and one path on a line, for readable diffs."""
    parts = []
    for section, entries in (
        ("paths", description["paths"]),
        ("schemas", description["components"]["schemas"]),
    ):
        lines = ",\n".join(
            f"{json.dumps(key)}: {json.dumps(entries[key], sort_keys=True, separators=(',', ':'))}"
            for key in sorted(entries)
        )
        parts.append(f"{json.dumps(section)}: {{\n{lines}\n}}")
    info = json.dumps(description["info"], sort_keys=True)
    return f'{{\n"info": {info},\n' + ",\n".join(parts) + "\n}\n"


def main(source: str) -> None:
    """Reads SOURCE and writes the pruned schema beside this file."""
    description: Json = json.loads(Path(source).read_text())
    restore_descriptions(description)
    drop_unused(description)
    kept = reachable(description)
    schemas = description["components"]["schemas"]
    description["components"]["schemas"] = {name: schemas[name] for name in kept}
    TARGET.write_text(written(description))


if __name__ == "__main__":
    main(sys.argv[1])
