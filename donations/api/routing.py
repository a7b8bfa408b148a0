"""The one router: what may be read and what may be written stand at the same addresses."""

from __future__ import annotations

from ninja import Router

router = Router()
