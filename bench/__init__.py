"""What the claims of docs/performance.md are made from: ``python -m bench [NAME …] [--full]``.

Every program starts what it measures by itself, in a folder of its own, with a durable database,
and loads only 127.0.0.1. Machines are shared and noisy, so a claim is a ratio within one run, or
CPU time summed over our processes.
"""
