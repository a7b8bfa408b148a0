"""Files that no row refers to: gone after a day, and never one that is somebody's."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from donations import tasks
from donations.services import stray_files
from donations.services.declaring import receipt_files
from donations.services.remitting import receipt_files as transfers
from events.models import Campaign
from events.services import pictures
from tests.support.campaigns import picture_bytes
from tests.support.campaigns import upload as picture_upload
from tests.support.claims import PDF, claim_form, external_campaign, picture, show_path, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    """Real files, in a folder of the test's own."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": files}
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def _files(media: Path) -> set[str]:
    return {one.relative_to(media).as_posix() for one in media.rglob("*") if one.is_file()}


def _make_old(media: Path, *, but: str = "") -> None:
    for one in media.rglob("*"):
        if one.is_file() and one.relative_to(media).as_posix() != but:
            long_ago = one.stat().st_mtime - timedelta(days=1, minutes=1).total_seconds()
            os.utime(one, (long_ago, long_ago))


def _kept_by_rows(media: Path, campaign: Campaign, alice: User) -> set[str]:
    """Hand in a receipt and a picture as people do; return the files that are kept of them."""
    outside = external_campaign(team=campaign.team)
    form = {**claim_form(), "receipt": upload(picture())}
    assert Client().post(show_path(outside), form).status_code == 302
    organizer = Client()
    organizer.force_login(alice)
    values: dict[str, Any] = {"focus": "4", "alt_en": "A well", "picture": None}
    values["picture"] = picture_upload(picture_bytes())
    path = f"/organize/campaigns/{campaign.public_id}/picture/"
    assert organizer.post(path, values).status_code == 302
    kept = _files(media)
    assert len(kept) == 4, "a receipt, the picture in two widths, and the whole of it"
    return kept


def _stray_ones(media: Path) -> set[str]:
    """Keep what forms leave behind that never came to their end; return the files."""
    before = _files(media)
    receipt = receipt_files.read(PDF)
    receipt_files.keep(receipt)
    transfers.keep(transfers.cleaned(PDF))
    for path in (pictures.path("a" * 32, 720), f"{pictures.WHOLE}/{'b' * 32}.jpg"):
        (media / path).parent.mkdir(parents=True, exist_ok=True)
        (media / path).write_bytes(b"picture")
    return _files(media) - before


def test_what_nobody_refers_to_goes_after_a_day_and_all_else_stays(
    media: Path, campaign: Campaign, alice: User
) -> None:
    assert stray_files.remove() == 0  # no folder is there yet
    kept = _kept_by_rows(media, campaign, alice)
    strays = _stray_ones(media)
    assert len(strays) == 4
    foreign = media / "pictures" / "readme.txt"
    foreign.write_text("none of our names")

    assert tasks.remove_stray_files() == 0, "a form may still be on its way with them"
    young = next(one for one in strays if one.startswith("receipts/"))
    _make_old(media, but=young)
    assert tasks.remove_stray_files() == 3
    assert _files(media) == {*kept, young, "pictures/readme.txt"}
    _make_old(media)
    assert tasks.remove_stray_files() == 1
    assert tasks.remove_stray_files() == 0
    assert _files(media) == {*kept, "pictures/readme.txt"}


def test_many_files_and_no_row_that_knows_one_are_left_alone(media: Path) -> None:
    receipt = receipt_files.read(PDF)
    for _ in range(21):
        receipt_files.keep(receipt)
    _make_old(media)
    assert stray_files.remove() == 0
    # Control: as few as accidents leave go.
    next((media / "receipts").iterdir()).unlink()
    assert stray_files.remove() == 20
