"""Receipts that strangers hand in: believed by their content alone, and kept where nobody looks.

A picture is read and written anew, so that nothing of the camera, of the place, or hidden behind
the picture is left. A PDF is kept as it is, if it is one from the first byte to the last.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

if TYPE_CHECKING:
    from PIL.Image import Image

#: Longer files are refused.
MOST_BYTES: Final = 8 * 1024 * 1024
#: A picture of more pixels is refused before it is unpacked, a larger one is made this large.
_MOST_PIXELS: Final = 24_000_000
_LONGEST_SIDE: Final = 2400
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_ENDINGS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "PDF": "pdf"}
#: What each ending is served as.
CONTENT_TYPES: Final = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
}
#: What a receipt has no use for: programs, and files inside the file.
_ACTIVE: Final = (b"/JavaScript", b"/Launch", b"/EmbeddedFile")
FOLDER: Final = "receipts"


class NotAReceiptError(Exception):
    """The file is not kept; ``why`` is "too_large", "unknown" (no picture, no PDF) or "broken"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Receipt:
    """A file that may be kept. ``sum`` is of what was handed in, to know the same file again."""

    content: bytes
    ending: str
    sum: str


def read(content: bytes) -> Receipt:
    """Return a file as it may be kept. Raises NotAReceiptError."""
    if not content:
        raise NotAReceiptError("unknown")
    if len(content) > MOST_BYTES:
        raise NotAReceiptError("too_large")
    told = hashlib.sha256(content).hexdigest()
    if content.startswith(b"%PDF-"):
        return Receipt(_checked_pdf(content), "pdf", told)
    clean, kind = _drawn_anew(content)
    return Receipt(clean, _ENDINGS[kind], told)


def _checked_pdf(content: bytes) -> bytes:
    """Refuse a PDF that goes on after its end, as one that is another file as well does."""
    end = content.rfind(b"%%EOF")
    if end < 0 or re.fullmatch(rb"\s{0,64}", content[end + 5 :]) is None:
        raise NotAReceiptError("broken")
    if any(word in content for word in _ACTIVE):
        raise NotAReceiptError("broken")
    return content


def _check_size(opened: Image) -> None:
    if opened.width * opened.height > _MOST_PIXELS:
        raise NotAReceiptError("too_large")


def _drawn_anew(content: bytes) -> tuple[bytes, str]:
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 -- large, seldom used

    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            kind = str(opened.format)
            _check_size(opened)
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            # A new picture takes pixels over, and nothing else.
            clean = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except NotAReceiptError:
        raise
    except UnidentifiedImageError as error:
        raise NotAReceiptError("unknown") from error
    except Exception as error:  # Pillow raises many kinds for what is broken.
        raise NotAReceiptError("broken") from error
    clean.info.clear()
    out = io.BytesIO()
    options = {"quality": 88} if kind != "PNG" else {"optimize": True}
    clean.save(out, format=kind, **options)
    return out.getvalue(), kind


def keep(receipt: Receipt, folder: str = FOLDER) -> str:
    """Store a file under a name that nobody can guess, and return the name."""
    name = f"{folder}/{uuid.uuid4().hex}.{receipt.ending}"
    return str(default_storage.save(name, ContentFile(receipt.content)))


def forget(name: str) -> None:
    """Delete a stored file; one that is gone already, or no name, is no error."""
    if name:
        default_storage.delete(name)


def as_text(name: str) -> dict[str, str] | None:
    """Return a stored file as JSON can carry it (RFC 4648), or None where there is none."""
    if not name or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return {"type": content_type(name), "base64": base64.b64encode(file.read()).decode()}


def content_type(name: str) -> str:
    """Return what a stored file is served as."""
    return CONTENT_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
