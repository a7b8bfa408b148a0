"""Stripe as the gateway: the only package that imports stripe."""

from donations.gateway.stripe.client import for_visitors, for_workers

__all__ = ["for_visitors", "for_workers"]
