"""The embedded engines: start, stop, crash, restart with their data."""
from __future__ import annotations
def test_nothing(clock): 
    pass
