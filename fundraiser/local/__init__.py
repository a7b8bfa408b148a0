"""What a first run and the tests need on a bare machine: engines, a mailbox, and ``manage.py up``.

Nothing here is imported by the product itself, and nothing here sets Django up.
"""
