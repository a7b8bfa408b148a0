"""Transfers from Stripe to a bank account, and whose gifts are in each."""
