"""Stripe's own command-line tool against the sandbox: request sequences that nobody here wrote."""
