"""Campaigns as their forms see them, and pictures to hand in."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from events.forms.campaign_edit import _initial
from events.models import Campaign


def edit_fields(campaign: Campaign) -> dict[str, Any]:
    """Return what a browser posts when the edit form is sent as it stands."""
    values = _initial(campaign)
    fields = {name: "" if value is None else value for name, value in values.items()}
    if not fields.pop("fees_paid_by_organizer"):
        return fields
    return {**fields, "fees_paid_by_organizer": "on"}


def picture_bytes(
    size: tuple[int, int] = (900, 900), colour: Any = "red", kind: str = "JPEG", **how: Any
) -> bytes:
    """Return a picture of one colour, or of a painted Image, as a file."""
    image = colour if isinstance(colour, Image.Image) else Image.new("RGB", size, colour)
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def upload(content: bytes, name: str = "picture.jpg") -> SimpleUploadedFile:
    """Return a file as a browser hands it in."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")
