"""Sentry, where SENTRY_DSN names one; cleaned as the logs are, and without anybody's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fundraiser.core.logs import cleaned

if TYPE_CHECKING:
    from sentry_sdk.types import Breadcrumb, Event, Hint

#: Of a request, only how it was made is told: its address may be a link, its form a person.
_TOLD_OF_REQUEST: Final = frozenset({"method"})


def start(dsn: str, *, site: str) -> None:
    """Report errors to Sentry; without a DSN nothing is even loaded."""
    if not dsn:
        return
    import sentry_sdk  # noqa: PLC0415 -- slow, and seldom wanted

    sentry_sdk.init(**options(dsn, site=site))


def options(dsn: str, *, site: str) -> dict[str, Any]:
    """Return Sentry's options: errors only, no variables, bodies, cookies or addresses.

    send_default_pii stays at its default, which is off; naming it is deprecated.
    """
    return {
        "dsn": dsn,
        "environment": site,
        "spotlight": False,
        "include_local_variables": False,
        "max_request_body_size": "never",
        "traces_sample_rate": 0.0,
        "before_send": without_persons,
        "before_breadcrumb": _cleaned_breadcrumb,
    }


def without_persons(event: Event, hint: Hint) -> Event | None:
    """Return the event without the person, the request's address and form, and cleaned."""
    del hint
    event.pop("user", None)
    request = event.get("request")
    if request is not None:
        event["request"] = {name: request[name] for name in _TOLD_OF_REQUEST & request.keys()}
    found: Event = _cleaned(event)
    return found


def _cleaned_breadcrumb(crumb: Breadcrumb, hint: Hint) -> Breadcrumb | None:
    del hint
    found: Breadcrumb = _cleaned(crumb)
    return found


def _cleaned(value: Any) -> Any:
    """Return a copy in which every text is cleaned, however deep it lies."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one) for one in value]
    return value
