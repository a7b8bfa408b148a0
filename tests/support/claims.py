"""Gifts shown by receipt: campaigns that take them, the form, and files as strangers send them."""

from __future__ import annotations

import io
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from events.models import Campaign, Workshop
from tests.support.cast import make_campaign

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"
#: The number that EXIF gives the camera's name, and where it stood.
_CAMERA, _PLACE = 0x0110, 0x8825


def external_campaign(**values: Any) -> Campaign:
    """Return a published campaign to which people give on the charity's own page."""
    page = "https://www.charitywater.example/give"
    return make_campaign(destination="external", external_url=page, **values)


def picture(kind: str = "JPEG", *, exif: bool = False, size: tuple[int, int] = (40, 30)) -> bytes:
    """Return a picture; with ``exif`` it tells the camera, and the place."""
    out = io.BytesIO()
    options: dict[str, Any] = {}
    if exif:
        told = Image.Exif()
        told[_CAMERA] = "SecretCamera"
        told.get_ifd(_PLACE)[1] = "N"
        options["exif"] = told
    Image.new("RGB", size, "teal").save(out, format=kind, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "receipt.jpg") -> SimpleUploadedFile:
    """Return a file as a browser sends it; neither name nor type is to be believed."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def claim_form(**typed: Any) -> dict[str, Any]:
    """Return the form filled in: 20 dollars, with a reference."""
    defaults = {
        "other_amount": "20",
        "reference": "CW-1234",
        "name": "Dora",
        "email": "dora@example.org",
        "nonce": str(uuid.uuid4()),
        "time_zone": "Europe/Paris",
        "message": "",
        "seats": "1",
    }
    return {**defaults, **typed}


def show_path(place: Workshop | Campaign) -> str:
    """Return where the form is sent."""
    if isinstance(place, Workshop):
        return f"/c/{place.campaign.slug}/{place.slug}/shown-gift/"
    return f"/c/{place.slug}/shown-gift/"
