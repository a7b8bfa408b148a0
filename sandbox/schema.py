"""Stripe's API description: what requests may hold, and the empty shape of every object.

The file ``stripe_schema.json`` is a pruned copy of Stripe's OpenAPI description (MIT licence).
"""

import json
from functools import cache
from pathlib import Path
from typing import Protocol

from sandbox.extra_operations import EXTRA_OPERATIONS
from sandbox.shapes import Json

SOURCE = Path(__file__).with_name("stripe_schema.json")
EMPTY: Json = {"additionalProperties": False, "properties": {}, "type": "object"}
DEFAULTS: Json = {"string": "", "integer": 0, "number": 0, "boolean": False}


class Validator(Protocol):
    """The one method of jsonschema-rs that the sandbox uses."""

    def validate(self, instance: object) -> None:
        """Raises ``jsonschema_rs.ValidationError`` when the instance does not conform."""


@cache
def description() -> Json:
    """The whole description, with the few operations added that the published subset lacks."""
    loaded: Json = json.loads(SOURCE.read_text())
    for path, operations in EXTRA_OPERATIONS.items():
        loaded["paths"].setdefault(path, {}).update(operations)
    return loaded


def component(name: str) -> Json:
    """The schema of one object, e.g. ``checkout.session``."""
    found: Json = description()["schemas"][name]
    return found


@cache
def request_schema(method: str, path: str) -> Json:
    """What ``METHOD path`` accepts, as one object schema (query for GET, form otherwise)."""
    operation = description()["paths"][path][method.lower()]
    if method == "GET":
        listed = [entry for entry in operation.get("parameters", ()) if entry["in"] == "query"]
        return {
            **EMPTY,
            "properties": {entry["name"]: entry["schema"] for entry in listed},
            "required": [entry["name"] for entry in listed if entry.get("required")],
        }
    content = operation.get("requestBody", {}).get("content", {})
    form = content.get("application/x-www-form-urlencoded") or content.get("multipart/form-data")
    schema: Json = form["schema"] if form else EMPTY
    return schema


def event_types() -> list[str]:
    """Every type that a webhook endpoint can ask for, ``*`` among them."""
    events = request_schema("POST", "/v1/webhook_endpoints")["properties"]["enabled_events"]
    found: list[str] = events["items"]["enum"]
    return found


def skeleton(name: str) -> Json:
    """A fresh object with every nullable property null and every required one at its default.

    Overriding single properties of it gives an answer that conforms by construction.
    """
    built: Json = json.loads(_skeleton_text(name))
    return built


@cache
def _skeleton_text(name: str) -> str:
    return json.dumps(_empty(component(name)))


def _empty(schema: Json) -> object:
    if schema.get("nullable"):
        return None
    if "$ref" in schema:
        return _empty(component(schema["$ref"].rsplit("/", 1)[1]))
    if "anyOf" in schema:
        return _empty(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return []
    if schema.get("type") in DEFAULTS:
        return DEFAULTS[schema["type"]]
    required = schema.get("required", ())
    return {
        key: _empty(value)
        for key, value in schema.get("properties", {}).items()
        if key in required or value.get("nullable")
    }


@cache
def answer_validator(method: str, path: str) -> Validator | None:
    """Checks answers of one operation (``--strict``); None where the description names none."""
    import jsonschema_rs  # noqa: PLC0415 -- only --strict needs it

    operation = description()["paths"][path][method.lower()]
    answer = operation.get("responses", {}).get("200")
    if answer is None:
        return None
    schema = answer["content"]["application/json"]["schema"]
    return jsonschema_rs.validator_for({**_json_schema(schema), "$defs": _definitions()})


@cache
def object_validator(name: str) -> Validator:
    """Checks one object, e.g. the one inside an event."""
    import jsonschema_rs  # noqa: PLC0415 -- only --strict needs it

    return jsonschema_rs.validator_for(
        {"$ref": f"#/$defs/{_escaped(name)}", "$defs": _definitions()}
    )


@cache
def _definitions() -> Json:
    schemas = description()["schemas"]
    return {_escaped(name): _json_schema(schema) for name, schema in schemas.items()}


def _escaped(name: str) -> str:
    return name.replace(".", "-")


def _json_schema(node: Json) -> Json:
    """OpenAPI 3.0 to JSON Schema 2020-12: ``nullable`` becomes a choice with null."""
    if "$ref" in node:
        return {"$ref": f"#/$defs/{_escaped(node['$ref'].rsplit('/', 1)[1])}"}
    changed: Json = {key: value for key, value in node.items() if key not in ("nullable", "format")}
    if "properties" in changed:
        changed["properties"] = {
            key: _json_schema(value) for key, value in changed["properties"].items()
        }
        # A property that Stripe does not have is a mistake of the sandbox.
        changed.setdefault("additionalProperties", False)
    for key in ("items", "additionalProperties"):
        if isinstance(changed.get(key), dict):
            changed[key] = _json_schema(changed[key])
    if "anyOf" in changed:
        changed["anyOf"] = [_json_schema(choice) for choice in changed["anyOf"]]
    return {"anyOf": [changed, {"type": "null"}]} if node.get("nullable") else changed
