"""The line to Stripe, which also tells how far our clock is from Stripe's."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import stripe

from fundraiser.core import clock


class DatedLine(stripe.RequestsClient):
    """Stripe's own client over requests; ``skew`` is our clock less the last answer's Date."""

    skew: float | None = None

    def request(  # type: ignore[override]  # as RequestsClient has it, not its base
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Ask as always, and look at the answer's Date (whole seconds, RFC 9110 6.6.1)."""
        content, status, answered = super().request(method, url, headers, post_data)
        with suppress(KeyError, ValueError, TypeError):
            self.skew = (clock.now() - parsedate_to_datetime(answered["Date"])).total_seconds()
        return content, status, answered
