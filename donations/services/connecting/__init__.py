"""Connecting Stripe accounts: the charity's own, or the team's."""
