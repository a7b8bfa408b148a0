"""The second pair of keys: Stripe's test mode beside the live one (docs/test-mode.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_STRIPE = "https://api.stripe.com"


@dataclass(frozen=True, slots=True)
class StripeTest:
    """The test keys of the site's own account; nothing is set where no campaign may use them."""

    secret_key: str = ""
    webhook_secrets: tuple[str, ...] = ()
    api_base: str = _STRIPE

    @property
    def is_set(self) -> bool:
        """Whether campaigns can be made that run on test keys."""
        return bool(self.secret_key)


def read(env: Any) -> StripeTest:
    """Return what the environment says."""
    return StripeTest(
        secret_key=env.str("STRIPE_TEST_SECRET_KEY", default=""),
        webhook_secrets=tuple(
            env.str("STRIPE_TEST_WEBHOOK_SECRET", default="").replace(",", " ").split()
        ),
        api_base=env.str("STRIPE_TEST_API_BASE", default=_STRIPE).rstrip("/"),
    )


def pages(test: StripeTest) -> list[str]:
    """Return where a form may lead beside Stripe's own pages."""
    return [test.api_base] if test.is_set and test.api_base != _STRIPE else []


def contradictions(test: StripeTest, settings: Any) -> Iterator[str]:
    """Yield one sentence for each setting that cannot be right."""
    if not test.is_set:
        if test.webhook_secrets:
            yield "STRIPE_TEST_WEBHOOK_SECRET is of no use without STRIPE_TEST_SECRET_KEY."
        return
    if not test.secret_key.startswith(("sk_test_", "rk_test_")):
        yield "STRIPE_TEST_SECRET_KEY is no test key of Stripe's: it starts with sk_test_."
    if not settings.STRIPE_LIVEMODE:
        yield (
            "STRIPE_TEST_SECRET_KEY is set while STRIPE_SECRET_KEY is no live key: "
            "the whole site is a test then, so unset STRIPE_TEST_SECRET_KEY."
        )
    if not test.webhook_secrets:
        yield "STRIPE_TEST_WEBHOOK_SECRET is not set: the signing secret of the test webhook."
    if any(not secret.startswith("whsec_") for secret in test.webhook_secrets):
        yield "STRIPE_TEST_WEBHOOK_SECRET is no webhook signing secret: it starts with whsec_."
    live = {*settings.STRIPE_WEBHOOK_SECRETS, *settings.STRIPE_CONNECT_WEBHOOK_SECRETS}
    if live & set(test.webhook_secrets):
        yield "STRIPE_TEST_WEBHOOK_SECRET is a secret of the live webhook: each has its own."
