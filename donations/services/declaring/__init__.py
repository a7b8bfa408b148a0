"""Gifts that Stripe does not tell of: shown by receipt, entered by hand; and seats others carry."""
