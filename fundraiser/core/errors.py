"""The errors that services raise on purpose: each has a code and says whether retrying helps."""

from __future__ import annotations

from typing import ClassVar


class ServiceError(Exception):
    """A refusal that a person can understand. ``code`` is stable; views choose the words."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False
