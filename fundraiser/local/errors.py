"""The one error of this package: something could not be started, and what to do about it."""

from __future__ import annotations


class StartError(Exception):
    """A sentence for the person at the terminal: what is wrong, and what to set or install."""
