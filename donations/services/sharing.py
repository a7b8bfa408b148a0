"""What is shared of a page: its full address, and the QR code of it."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


def of_path(path: str) -> dict[str, Any]:
    """Return the full address to share, and its QR code as SVG."""
    url = f"{settings.SITE_URL}{path}"
    return {"share_url": url, "qr_svg": _qr(url)}


@lru_cache(maxsize=256)
def _qr(url: str) -> SafeString:
    drawn = segno.make(url, error="m").svg_inline(scale=4, omitsize=True)
    return mark_safe(drawn)  # noqa: S308 -- drawn by segno; holds no text of ours


def qr_file(url: str) -> bytes:
    """Return the QR code of an address as an SVG file, large enough to print."""
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", scale=12)
    return out.getvalue()
