"""Receipts of transfers as files: read by their content, kept under a random name.

A picture is drawn anew, so that nothing of its camera (EXIF: place, time, device) is left in it. A
PDF stays as it is, and is only ever offered for saving.
"""

from __future__ import annotations

import io
import uuid
import warnings
from dataclasses import dataclass
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, UnidentifiedImageError

from fundraiser.core.errors import ServiceError

LONGEST_FILE: Final = 8 * 1024 * 1024
#: Pixels that are still drawn: a page scanned at 600 dpi has 35 millions.
_MOST_PIXELS: Final = 50_000_000
_FOLDER: Final = "remittances"
#: What Pillow calls a picture -> the ending of its name, and how it is written.
_PICTURES: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
_TYPES: Final = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}


class NoReceiptError(ServiceError):
    """The file is none of PDF, JPEG, PNG or WebP, is broken, or too large: ``why`` says what."""

    code = "no_receipt"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.why = code


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """A kept file. ``is_picture``: a browser may show it."""

    content: bytes
    content_type: str
    ending: str

    @property
    def is_picture(self) -> bool:
        """Whether a browser may show it."""
        return self.ending != "pdf"


def cleaned(content: bytes) -> ReceiptFile:
    """Return a file as it may be kept. Raises NoReceiptError ("too_large", "unknown", "broken")."""
    if len(content) > LONGEST_FILE:
        raise NoReceiptError("too_large")
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise NoReceiptError("broken")
        return ReceiptFile(content, _TYPES["pdf"], "pdf")
    return _drawn_anew(content)


def _drawn_anew(content: bytes) -> ReceiptFile:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(_PICTURES)) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise NoReceiptError("too_large")
                form = str(picture.format)
                upright = ImageOps.exif_transpose(picture)
                mode = "RGB" if form == "JPEG" or "A" not in upright.getbands() else "RGBA"
                plain = Image.new(mode, upright.size)
                plain.paste(upright.convert(mode))
    except UnidentifiedImageError as error:
        raise NoReceiptError("unknown") from error
    except (OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError) as error:
        raise NoReceiptError("broken") from error
    out = io.BytesIO()
    plain.save(out, format=form, quality=88)
    ending = _PICTURES[form]
    return ReceiptFile(out.getvalue(), _TYPES[ending], ending)


def keep(file: ReceiptFile) -> str:
    """Store a file under a random name, and return the name."""
    name = f"{_FOLDER}/{uuid.uuid4().hex}.{file.ending}"
    return str(default_storage.save(name, ContentFile(file.content)))


def read(name: str) -> ReceiptFile | None:
    """Return a kept file; None where it is gone."""
    ending = name.rpartition(".")[2]
    if not name or ending not in _TYPES or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return ReceiptFile(file.read(), _TYPES[ending], ending)


def forget(name: str) -> None:
    """Delete a kept file."""
    default_storage.delete(name)
