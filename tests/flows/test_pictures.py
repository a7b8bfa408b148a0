"""A campaign's picture: only real ones, without what cameras write, cropped where it was asked."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from events.models import Campaign
from events.services import pictures
from tests.support.campaigns import picture_bytes, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """Real files, in a folder of the test's own."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": files}
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def _hand_in(client: Client, campaign: Campaign, content: bytes | None, **more: Any) -> Any:
    values: dict[str, Any] = {"focus": "4", "alt_en": "A well", "alt_fr": "", **more}
    if content is not None:
        values["picture"] = upload(content)
    return client.post(f"/organize/campaigns/{campaign.public_id}/picture/", values)


def _shown(campaign: Campaign, width: int = 720) -> Image.Image:
    campaign.refresh_from_db()
    answer = Client().get(f"/pictures/{campaign.picture}-{width}.jpg")
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


def _striped() -> Image.Image:
    """A high picture, red above and blue below."""
    image = Image.new("RGB", (600, 1200), "red")
    image.paste((0, 0, 255), (0, 600, 600, 1200))
    return image


def test_a_picture_is_made_anew_without_what_the_camera_wrote(
    organizer: Client, campaign: Campaign, media: Path
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    exif[0x0112] = 6  # it lies on its side
    wide = Image.new("RGB", (1200, 800), "green")
    content = picture_bytes(colour=wide, exif=exif.tobytes(), comment=b"SECRET-COMMENT")
    assert b"SECRET-CAMERA" in content
    assert _hand_in(organizer, campaign, content, alt_fr="Un puits").status_code == 302
    shown = _shown(campaign)
    assert (shown.format, shown.size, dict(shown.getexif())) == ("JPEG", (720, 480), {})
    assert _shown(campaign, 1440).size == (1440, 960)
    files = [one for one in media.rglob("*") if one.is_file()]
    assert len(files) == 3
    assert not [one for one in files if b"SECRET" in one.read_bytes()]
    whole = next(one for one in files if "whole" in one.parts)
    assert Image.open(whole).size == (800, 1200)  # upright now
    assert Client().get(f"/pictures/{whole.stem}-720.jpg").status_code == 404
    assert Client().get(f"/pictures/{campaign.picture}-999.jpg").status_code == 404


def test_it_stands_on_the_pages_with_words_in_both_languages(
    organizer: Client, campaign: Campaign
) -> None:
    _hand_in(organizer, campaign, picture_bytes(), alt_fr="Un puits")
    campaign.refresh_from_db()
    for path in (f"/c/{campaign.slug}/", "/"):
        for language, alt in (("en", "A well"), ("fr", "Un puits")):
            page = Client().get(path, headers={"Accept-Language": language}).content.decode()
            assert f'alt="{alt}"' in page
            assert f"/pictures/{campaign.picture}-720.jpg" in page


def test_the_focus_chooses_the_part_and_each_crop_has_a_name_of_its_own(
    organizer: Client, campaign: Campaign, media: Path
) -> None:
    _hand_in(organizer, campaign, picture_bytes(colour=_striped()), focus="1")
    above = _shown(campaign)
    first = campaign.picture
    assert above.getpixel((360, 470))[0] > 200  # type: ignore[index]
    assert _hand_in(organizer, campaign, None, focus="7").status_code == 302
    below = _shown(campaign)
    assert below.getpixel((360, 10))[2] > 200  # type: ignore[index]
    assert campaign.picture != first
    same = campaign.picture
    _hand_in(organizer, campaign, None, focus="7", alt_en="Other words")
    campaign.refresh_from_db()
    assert (campaign.picture, campaign.picture_alt) == (same, "Other words")


def test_files_that_nothing_names_are_deleted_once_that_is_certain(
    organizer: Client,
    campaign: Campaign,
    media: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def files() -> int:
        return len([one for one in media.rglob("*") if one.is_file()])

    with django_capture_on_commit_callbacks(execute=True):
        _hand_in(organizer, campaign, picture_bytes())
    with django_capture_on_commit_callbacks(execute=True):
        _hand_in(organizer, campaign, picture_bytes(colour="blue"))
    assert files() == 3
    path = f"/organize/campaigns/{campaign.public_id}/picture/remove/"
    with django_capture_on_commit_callbacks(execute=True):
        assert organizer.post(path).status_code == 302
    assert files() == 0
    campaign.refresh_from_db()
    assert (campaign.picture, campaign.picture_alt) == ("", "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg onload=alert(1)>", "This is no picture that we can read."),
        (picture_bytes()[:-200], "This is no picture that we can read."),
        (picture_bytes(kind="GIF"), "This is no picture that we can read."),
        (picture_bytes((599, 400)), "The picture is too small"),
        (picture_bytes((8000, 6300), kind="PNG"), "more than 50 million pixels"),
        (b"x" * (pictures.LARGEST_BYTES + 1), "larger than 12 MB"),
        (None, "Choose a picture first."),
    ],
    ids=["svg", "cut short", "gif", "small", "large", "heavy", "none"],
)
def test_what_is_no_picture_is_refused_at_its_field(
    organizer: Client, campaign: Campaign, media: Path, content: bytes | None, words: str
) -> None:
    answer = _hand_in(organizer, campaign, content, alt_en="A <well>")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_picture_error"' in page
    assert words in page
    assert "A &lt;well&gt;" in page
    campaign.refresh_from_db()
    assert (campaign.picture, list(media.iterdir())) == ("", [])


def test_words_are_asked_for_by_the_form_and_by_the_database(
    organizer: Client, campaign: Campaign
) -> None:
    answer = _hand_in(organizer, campaign, picture_bytes(), alt_en=" ")
    assert answer.status_code == 422
    assert 'id="id_alt_en_error"' in answer.content.decode()
    with pytest.raises(IntegrityError, match="campaign_picture_told"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(picture="a" * 32, picture_source="b" * 32)


def test_a_picture_replaced_meanwhile_is_not_described_by_the_old_words(
    organizer: Client, campaign: Campaign
) -> None:
    _hand_in(organizer, campaign, picture_bytes())
    stale = Campaign.objects.get(pk=campaign.pk)
    _hand_in(organizer, campaign, picture_bytes(colour="blue"))
    shown = pictures.Described(focus=4, alt="Red", translated_alts={})
    with pytest.raises(pictures.StaleStateError):
        pictures.describe(stale, shown)
    campaign.refresh_from_db()
    assert campaign.picture_alt == "A well"


def test_clear_parts_become_white_and_every_focus_fits() -> None:
    clear = Image.new("RGBA", (700, 500), (0, 0, 0, 0))
    flat = pictures.read(upload(picture_bytes(colour=clear, kind="PNG")))
    assert flat.getpixel((5, 5)) == (255, 255, 255)
    for size in ((600, 400), (3000, 500), (500, 3000), (601, 401)):
        for focus in pictures.FOCUSES:
            left, top, right, bottom = pictures.crop_box(size, focus)
            assert 0 <= left < right <= size[0]
            assert 0 <= top < bottom <= size[1]
            assert abs((right - left) / (bottom - top) - 1.5) < 0.01


def test_viewers_and_strangers_hand_in_nothing(
    campaign: Campaign, bob: User, charlie: User
) -> None:
    for person, status in ((bob, 403), (charlie, 404)):
        client = Client()
        client.force_login(person)
        assert _hand_in(client, campaign, picture_bytes()).status_code == status
