"""Reads form-encoded parameters, coerces them and validates them as Stripe does.

Nested objects come as ``a[b][c]=1`` and lists as ``a[0]=1`` or ``a[]=1``. Wrong parameters fail
with the codes of docs.stripe.com/error-codes: ``parameter_unknown``, ``parameter_missing``,
``parameter_invalid_integer``, ``parameter_invalid_empty``.
"""

import re
from urllib.parse import parse_qsl

from sandbox.errors import StripeError, bad_parameter
from sandbox.shapes import Json

INTEGER = re.compile(r"-?\d{1,18}")
KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
MAXIMUM_DEPTH = 12


def read(encoded: str, schema: Json) -> Json:
    """The typed parameters of a form body or query string; raises ``StripeError`` (400)."""
    pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=5000)
    values = _object(_nested(pairs), schema, "")
    if "metadata" in values:
        check_metadata(values["metadata"], "metadata")
    return values


def _nested(pairs: list[tuple[str, str]]) -> Json:
    tree: Json = {}
    for name, text in pairs:
        match = KEY.match(name)
        if match is None:
            raise _unknown(name)
        path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        if len(path) > MAXIMUM_DEPTH:
            raise _unknown(name)
        node = tree
        for position, part in enumerate(path):
            key = part if part or position == 0 else str(len(node))
            if position == len(path) - 1:
                node[key] = text
            else:
                below = node.setdefault(key, {})
                if not isinstance(below, dict):
                    raise bad_parameter("Invalid object", param=name)
                node = below
    return tree


def _value(raw: object, schema: Json, path: str) -> object:
    if "anyOf" in schema:
        return _choice(raw, schema["anyOf"], path)
    kind = schema.get("type")
    if kind == "object":
        return _object(raw, schema, path)
    if kind == "array":
        return _array(raw, schema, path)
    if not isinstance(raw, str):
        raise bad_parameter(f"Invalid {kind}: {raw}", param=path)
    if kind == "integer":
        return _integer(raw, path)
    if kind == "number":
        return _number(raw, path)
    if kind == "boolean":
        if raw not in ("true", "false"):
            raise bad_parameter(f"Invalid boolean: {raw}", param=path)
        return raw == "true"
    return _text(raw, schema, path)


def _choice(raw: object, choices: list[Json], path: str) -> object:
    """The first choice that accepts the value; when none does, the error of the likeliest one."""
    failures = []
    for choice in choices:
        try:
            return _value(raw, choice, path)
        except StripeError as failure:
            failures.append((_resembles(raw, choice), failure))
    raise max(failures, key=lambda entry: entry[0])[1]


def _resembles(raw: object, choice: Json) -> bool:
    return isinstance(raw, dict) == (choice.get("type") in ("object", "array"))


def _integer(raw: str, path: str) -> int:
    if not INTEGER.fullmatch(raw):
        raise bad_parameter(f"Invalid integer: {raw}", param=path, code="parameter_invalid_integer")
    return int(raw)


def _number(raw: str, path: str) -> float:
    try:
        return float(raw)
    except ValueError:
        raise bad_parameter(f"Invalid decimal: {raw}", param=path) from None


def _text(raw: str, schema: Json, path: str) -> str:
    allowed = schema.get("enum")
    if allowed is not None:
        if raw not in allowed:
            shown = ", ".join(choice for choice in allowed if choice)
            raise bad_parameter(f"Invalid {path}: must be one of {shown}", param=path)
        return raw
    if raw == "":
        raise bad_parameter(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{path}' cannot be unset. You should remove '{path}' from "
            "your request or supply a non-empty value.",
            param=path,
            code="parameter_invalid_empty",
        )
    longest = schema.get("maxLength")
    if longest is not None and len(raw) > longest:
        raise bad_parameter(
            f"Invalid string: {raw[:16]}…; must be at most {longest} characters", param=path
        )
    return raw


def _array(raw: object, schema: Json, path: str) -> list[object]:
    if raw == "":
        return []
    if not isinstance(raw, dict) or not all(key.isdecimal() for key in raw):
        raise bad_parameter("Invalid array", param=path)
    ordered = sorted(raw.items(), key=lambda entry: int(entry[0]))
    return [_value(value, schema["items"], f"{path}[{key}]") for key, value in ordered]


def _object(raw: object, schema: Json, path: str) -> Json:
    if not isinstance(raw, dict):
        raise bad_parameter("Invalid object", param=path)
    known = schema.get("properties", {})
    extra = schema.get("additionalProperties")
    result: Json = {}
    for key, value in raw.items():
        below = f"{path}[{key}]" if path else key
        if key in known:
            result[key] = _value(value, known[key], below)
        elif isinstance(extra, dict):
            # An empty value removes the key: docs.stripe.com/api/metadata.
            result[key] = value if value == "" else _value(value, extra, below)
        else:
            raise _unknown(below)
    for key in schema.get("required", ()):
        if key not in result:
            below = f"{path}[{key}]" if path else key
            raise missing_parameter(below)
    return result


def _unknown(name: str) -> StripeError:
    return bad_parameter(
        f"Received unknown parameter: {name}", param=name, code="parameter_unknown"
    )


def missing_parameter(name: str) -> StripeError:
    """``parameter_missing`` for one parameter."""
    return bad_parameter(f"Missing required param: {name}.", param=name, code="parameter_missing")


def check_metadata(metadata: object, path: str) -> None:
    """At most 50 keys of 40 characters with values of 500 (docs.stripe.com/api/metadata)."""
    if not isinstance(metadata, dict):
        return
    if len(metadata) > 50:
        raise bad_parameter("Metadata can have at most 50 keys.", param=path)
    for key, value in metadata.items():
        if len(key) > 40:
            raise bad_parameter(
                f"Metadata keys cannot be longer than 40 characters: {key}", param=path
            )
        if len(value) > 500:
            raise bad_parameter(
                f"Metadata values can have up to 500 characters, but you passed in a value that is "
                f"{len(value)} characters. Invalid value: {value[:20]}…",
                param=f"{path}[{key}]",
            )
