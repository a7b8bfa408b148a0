"""The state machine over the product, real PostgreSQL and the sandbox, and what it checks."""
