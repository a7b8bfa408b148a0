"""A local Stripe for development, the demo and tests: it speaks Stripe's HTTP API and moves no money.

Start it with ``python -m sandbox --port 0 --data FILE``; docs/sandbox.md tells the rest.
"""
