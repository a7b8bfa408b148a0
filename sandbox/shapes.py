"""The types that every part of the sandbox shares."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""One JSON object as Stripe's API reads and writes it."""

PLATFORM = ""
"""The account key of requests without a Stripe-Account header: the owner of the API key."""
