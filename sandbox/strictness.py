"""Checks answers and events against Stripe's schema when started with ``--strict``."""

from sandbox.schema import Validator, answer_validator, description, object_validator
from sandbox.shapes import Json


class NotConformingError(Exception):
    """The sandbox made something that Stripe would not: a mistake here, not in the caller."""


def check_answer(method: str, pattern: str, answer: Json) -> None:
    """Raises ``NotConformingError`` when an answer does not fit its operation."""
    validator = answer_validator(method, pattern)
    if validator is not None:
        _check(f"{method} {pattern}", validator, answer)


def check_event(event: Json) -> None:
    """Raises ``NotConformingError`` when an event, or the object in it, does not fit its schema."""
    _check(event["type"], object_validator("event"), event)
    inside = event["data"]["object"]
    # The description lacks a few objects that only events hold (applications, fraud warnings).
    if inside["object"] in description()["schemas"]:
        _check(event["type"], object_validator(inside["object"]), inside)


def _check(label: str, validator: Validator, value: Json) -> None:
    try:
        validator.validate(value)
    except ValueError as problem:
        raise NotConformingError(f"{label}: {problem}") from problem
