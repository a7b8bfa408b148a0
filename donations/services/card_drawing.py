"""Draws the picture that a shared link shows: the campaign's own look, words and total."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from donations.services.totals import Totals
from events.models import Campaign
from events.services import pictures
from fundraiser.core import colours

SIZE: Final = (1200, 630)
_FONTS: Final = Path(__file__).resolve().parent.parent / "documents" / "fonts"
_MARGIN: Final = 64
_INK: Final = "#12263a"
_SOFT: Final = "#4a5c6d"
_PAPER: Final = "#fbfaf7"
_LINE: Final = "#e3e0d8"
_LONGEST_TITLE: Final = 3


def png(campaign: Campaign, total: Totals, language: str) -> bytes:
    """Return a campaign's card as PNG, in the active language, which is ``language``."""
    out = io.BytesIO()
    card = _draw(campaign, total, language)
    card.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=32)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / f"{name}.ttf"), size)


def _draw(campaign: Campaign, total: Totals, language: str) -> Image.Image:
    accent = f"#{colours.under_white(campaign.accent)}"
    card = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(card)
    right = SIZE[0] - _MARGIN
    if picture := _picture(campaign):
        card.paste(picture, (SIZE[0] - picture.width, 0))
        right -= picture.width
    pen.rectangle((0, 0, 16, SIZE[1]), fill=accent)
    width = right - _MARGIN
    charity = _("For %(charity)s") % {"charity": campaign.charity_name}
    bold = _font("figtree-semibold", 32)
    pen.text((_MARGIN, 60), _fitted(charity, bold, width), font=bold, fill=accent)
    _write_title(pen, campaign.text("title", language), width)
    _write_total(pen, campaign, total, (width, accent, language))
    plain = _font("figtree-regular", 26)
    told = _fitted(f"{campaign.organizer_name} · {settings.SITE_NAME}", plain, width)
    pen.text((_MARGIN, 545), told, font=plain, fill=_SOFT)
    return card


def _write_title(pen: ImageDraw.ImageDraw, title: str, width: int) -> None:
    """Write the title in as many lines as it needs, in the largest letters that fit."""
    fonts = [_font("fraunces-semibold", size) for size in (68, 56, 46)]
    fitting = (one for one in fonts if len(_lines(title, one, width)) <= _LONGEST_TITLE)
    font = next(fitting, fonts[-1])
    lines = _lines(title, font, width)
    lines = [*lines[: _LONGEST_TITLE - 1], " ".join(lines[_LONGEST_TITLE - 1 :])]
    shown = [_fitted(line, font, width) for line in lines if line]
    pen.multiline_text((_MARGIN, 118), "\n".join(shown), font=font, fill=_INK, spacing=10)


def _write_total(
    pen: ImageDraw.ImageDraw, campaign: Campaign, total: Totals, look: tuple[int, str, str]
) -> None:
    """Write what was raised, with the meter where there is a goal."""
    width, accent, language = look
    sum_font, font = _font("fraunces-semibold", 76), _font("figtree-semibold", 30)
    raised = total.together.format(language, short=True)
    pen.text((_MARGIN, 462), raised, font=sum_font, fill=_INK, anchor="ls")
    told = _("raised so far")
    if campaign.goal:
        told = _("raised of %(goal)s") % {"goal": campaign.goal.format(language, short=True)}
        share = min(max(total.together.minor, 0) / campaign.goal.minor, 1)
        pen.rounded_rectangle((_MARGIN, 492, _MARGIN + width, 514), 11, fill=_LINE)
        if share:
            reach = _MARGIN + max(int(width * share), 22)
            pen.rounded_rectangle((_MARGIN, 492, reach, 514), 11, fill=accent)
    begin = _MARGIN + int(sum_font.getlength(raised)) + 18
    rest = _fitted(told, font, _MARGIN + width - begin)
    pen.text((begin, 462), rest, font=font, fill=_SOFT, anchor="ls")


def _picture(campaign: Campaign) -> Image.Image | None:
    """Return the campaign's picture as the right part of the card, if it has one that is there."""
    if not campaign.picture:
        return None
    try:
        with default_storage.open(pictures.path(campaign.picture, pictures.WIDTHS[0])) as file:
            shown = Image.open(file).convert("RGB")
    except OSError:
        return None
    high = shown.resize((SIZE[1] * 3 // 2, SIZE[1]), Image.Resampling.LANCZOS)
    left = (high.width - 420) // 2
    return high.crop((left, 0, left + 420, SIZE[1]))


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _fitted(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """Return the text, cut with an ellipsis where it is too long for one line."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
