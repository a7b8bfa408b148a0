"""Files that no row refers to: a form was kept from its end, or a row went and its file stayed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.core.files.storage import default_storage

from events.models import Campaign
from events.services import pictures
from fundraiser.core import clock

logger = logging.getLogger(__name__)

#: Within this time whoever handed a file in has written the row, or never will.
YOUNGEST: Final = timedelta(days=1)
#: So many files and not one that a row knows: the database is rather another one's.
_MANY: Final = 20
_PICTURE: Final = re.compile(r"\A([0-9a-f]{32})-\d+\.jpg\Z")
_WHOLE: Final = re.compile(r"\A([0-9a-f]{32})\.jpg\Z")

#: Takes the names of files in a folder; returns those that rows refer to.
Known = Callable[[list[str]], set[str]]


def remove(folder: str, known: Known) -> int:
    """Delete the files of one folder that are over a day old and nobody's; return how many.

    1. List the files. What comes later is not seen, and stays.
    2. Ask for the rows. A name is never used twice, so what no row names now was named by an
       older row, or will be by one that is being written.
    3. Leave what is younger than a day: it may be of the latter.
    """
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    owned = known(names)
    if not owned and len(names) > _MANY:
        logger.error("no row knows one of %d files in %s: left as they are", len(names), folder)
        return 0
    strays = [f"{folder}/{name}" for name in names if name not in owned]
    old = [one for one in strays if _is_old(one)]
    for one in old:
        default_storage.delete(one)
    return len(old)


def _is_old(path: str) -> bool:
    try:
        return default_storage.get_modified_time(path) < clock.now() - YOUNGEST
    except FileNotFoundError:  # Its own row let it go in this moment.
        return False


def remove_pictures() -> int:
    """Delete pictures that no campaign shows; return how many files."""
    shown = remove(pictures.FOLDER, lambda names: _named(names, _PICTURE, "picture"))
    whole = remove(pictures.WHOLE, lambda names: _named(names, _WHOLE, "picture_source"))
    return shown + whole


def _named(names: list[str], shape: re.Pattern[str], column: str) -> set[str]:
    """Return the files whose name is in a column of campaigns, and those of no shape of ours."""
    found = {name: match[1] for name in names if (match := shape.match(name))}
    rows = Campaign.objects.filter(**{f"{column}__in": set(found.values())})
    owned = set(rows.values_list(column, flat=True))
    return {name for name in names if name not in found or found[name] in owned}
