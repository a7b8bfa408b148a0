"""The world of the promises, and their invariants after each test, for tests of single services."""

from tests.promises.conftest import broken_on_purpose, invariants_hold, world

__all__ = ["broken_on_purpose", "invariants_hold", "world"]
