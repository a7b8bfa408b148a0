"""A local Stripe for development, the demo and tests: it moves no money.

Start it with ``python -m sandbox --port 0 --data FILE``; docs/sandbox.md tells the rest.
"""
