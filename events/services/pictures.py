"""A campaign's picture: read, checked, made anew without what cameras write into it, cropped.

Two files are kept under MEDIA_ROOT: the whole picture, which no address leads to, and the crop in
two widths. A crop has a new random name whenever it changes, so its address never shows another.
"""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from events.models import Campaign
from events.models.translated import merged
from fundraiser.core.errors import ServiceError
from fundraiser.core.transitions import StaleStateError

if TYPE_CHECKING:
    from PIL.Image import Image

#: What may be handed in: bytes, pixels, and the least that is still sharp on a page.
LARGEST_BYTES: Final = 12 * 1024 * 1024
_LARGEST_PIXELS: Final = 50_000_000
SMALLEST: Final = (600, 400)
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
#: The whole picture is kept no larger; the crop is 3:2, in these widths.
_KEPT: Final = (2400, 2400)
WIDTHS: Final = (720, 1440)
FOCUSES: Final = range(9)
#: Where the crops are kept, and the whole pictures.
FOLDER: Final = "pictures"
WHOLE: Final = f"{FOLDER}/whole"


class PictureError(ServiceError):
    """The file is no picture that can be shown; ``code`` says why."""

    code: ClassVar[str] = "picture"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        #: too_heavy, unreadable, too_large or too_small.
        self.why = why


class Upload(Protocol):
    """A file as a form hands it in."""

    def read(self, size: int = ..., /) -> bytes:
        """Return so many bytes at most."""
        ...


@dataclass(frozen=True, slots=True)
class Described:
    """How a picture is shown: ``focus`` 0 to 8, and what it shows, by language."""

    focus: int
    alt: str
    #: By language; an empty one is taken away.
    translated_alts: dict[str, str]


def read(upload: Upload) -> Image:
    """Return the picture upright, without metadata, flat and not too large. Raises PictureError."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 -- large, seldom used

    content = upload.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise PictureError("too_heavy")
    try:
        opened = Image.open(io.BytesIO(content), formats=_FORMATS)
        if opened.width * opened.height > _LARGEST_PIXELS:
            raise PictureError("too_large")
        upright = ImageOps.exif_transpose(opened)
        return _clean(upright)
    except Image.DecompressionBombError as error:
        raise PictureError("too_large") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PictureError("unreadable") from error


def _clean(picture: Image) -> Image:
    """Return the bare pixels on white: what a file tells beside them is left behind."""
    if picture.width < SMALLEST[0] or picture.height < SMALLEST[1]:
        raise PictureError("too_small")
    from PIL import Image  # noqa: PLC0415

    picture.thumbnail(_KEPT, Image.Resampling.LANCZOS)
    layered = picture.convert("RGBA")
    flat = Image.new("RGB", layered.size, "white")
    flat.paste(layered, mask=layered)
    return flat


def crop_box(size: tuple[int, int], focus: int) -> tuple[int, int, int, int]:
    """Return the largest 3:2 part of a picture of ``size`` at one of 3 × 3 places (0 to 8)."""
    width, height = size
    wide, high = min(width, height * 3 // 2), min(height, width * 2 // 3)
    row, column = divmod(focus, 3)
    left, top = (width - wide) * column // 2, (height - high) * row // 2
    return left, top, left + wide, top + high


def _jpeg(picture: Image) -> ContentFile[bytes]:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=84, optimize=True, progressive=True)
    return ContentFile(out.getvalue())


def path(name: str, width: int) -> str:
    """Return where the crop of one width is kept."""
    return f"{FOLDER}/{name}-{width}.jpg"


def _source_path(name: str) -> str:
    return f"{WHOLE}/{name}.jpg"


def _store_crop(whole: Image, focus: int) -> str:
    from PIL.Image import Resampling  # noqa: PLC0415

    name = secrets.token_hex(16)
    part = whole.crop(crop_box(whole.size, focus))
    for width in WIDTHS:
        fitted = part.resize((width, width * 2 // 3), Resampling.LANCZOS)
        default_storage.save(path(name, width), _jpeg(fitted))
    return name


def set_picture(campaign: Campaign, whole: Image, shown: Described) -> None:
    """Keep a picture that ``read`` returned in place of an earlier one."""
    source = secrets.token_hex(16)
    default_storage.save(_source_path(source), _jpeg(whole))
    _replace(campaign, _store_crop(whole, shown.focus), source, shown)


def describe(campaign: Campaign, shown: Described) -> None:
    """Crop the picture that is there anew, where another part of it is wanted; keep its words."""
    from PIL import Image  # noqa: PLC0415

    name = campaign.picture
    if shown.focus != campaign.picture_focus:
        with default_storage.open(_source_path(campaign.picture_source)) as file:
            name = _store_crop(Image.open(file), shown.focus)
    _replace(campaign, name, campaign.picture_source, shown, seen=campaign.picture_source)


def remove(campaign: Campaign) -> None:
    """Take the picture away."""
    _replace(
        campaign,
        "",
        "",
        Described(focus=4, alt="", translated_alts=dict.fromkeys(campaign.translations, "")),
    )


@transaction.atomic
def _replace(
    campaign: Campaign, name: str, source: str, shown: Described, *, seen: str | None = None
) -> None:
    """Write the row, and delete the files that it no longer names once that is certain.

    ``seen``: the whole picture that must still be there; StaleStateError if it was replaced.
    """
    row = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if seen is not None and row.picture_source != seen:
        raise StaleStateError(f"another picture of {row.pk} was handed in meanwhile")
    alts = {code: {"picture_alt": alt} for code, alt in shown.translated_alts.items()}
    translations = merged(row.translations, alts)
    Campaign.objects.filter(pk=row.pk).update(
        picture=name,
        picture_source=source,
        picture_focus=shown.focus,
        picture_alt=shown.alt,
        translations=translations,
        content_version=F("content_version") + 1,
    )
    old = [path(row.picture, width) for width in WIDTHS] if row.picture != name else []
    if row.picture_source != source:
        old.append(_source_path(row.picture_source))
    transaction.on_commit(partial(_delete, [one for one in old if row.picture]))


def _delete(paths: list[str]) -> None:
    for one in paths:
        default_storage.delete(one)
