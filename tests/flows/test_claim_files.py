"""Receipts that strangers hand in: what is kept of them, and who gets them."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from donations.models import Claim
from donations.services.declaring import receipt_files
from events.models import Campaign
from tests.support.claims import PDF, claim_form, external_campaign, picture, show_path, upload


@pytest.fixture
def campaign(db: None) -> Campaign:
    return external_campaign()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_anew_without_camera_and_place(kind: str) -> None:
    content = picture(kind, exif=True)
    assert b"SecretCamera" in content, "control: it was there"
    kept = receipt_files.read(content)
    assert b"SecretCamera" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as drawn:
        assert (drawn.format, drawn.size) == (kind, (40, 30))
        assert not drawn.getexif()
    assert kept.sum == receipt_files.read(content).sum


@pytest.mark.parametrize("hidden", [b"<script>alert(1)</script>", PDF, _zip()])
def test_what_is_hidden_behind_a_picture_is_gone(hidden: bytes) -> None:
    kept = receipt_files.read(picture() + hidden)
    assert kept.ending == "jpg"
    assert hidden not in kept.content


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_only_a_transparent_picture_stays_transparent(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (40, 30), "teal").save(out, format="PNG")
    with Image.open(io.BytesIO(receipt_files.read(out.getvalue()).content)) as drawn:
        assert drawn.mode == mode


def test_a_large_picture_is_made_smaller() -> None:
    kept = receipt_files.read(picture("PNG", size=(5000, 100)))
    with Image.open(io.BytesIO(kept.content)) as drawn:
        assert drawn.width == 2400


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"\n" + PDF,
        b"<html>" + PDF,
        b"%PDF-1.7 without an end",
        PDF + _zip(),
        PDF + b"<script>alert(1)</script>",
        PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript >> /Type"),
        picture()[:200],
        _zip(),
        b"%PDF-" + b"x" * receipt_files.MOST_BYTES + b"%%EOF",
        picture("PNG", size=(10_000, 6_000)),
    ],
)
def test_what_is_no_plain_receipt_is_refused(content: bytes) -> None:
    with pytest.raises(receipt_files.NotAReceiptError):
        receipt_files.read(content)


def test_a_refused_file_is_told_at_its_field_and_nothing_is_kept(
    client: Client, campaign: Campaign
) -> None:
    typed = claim_form(reference="", receipt=upload(b"<script>alert(1)</script>"))
    answer = client.post(show_path(campaign), typed)
    assert answer.status_code == 422
    assert 'id="id_receipt_error"' in answer.content.decode()
    large = claim_form(receipt=upload(PDF + b" " * receipt_files.MOST_BYTES))
    answer = client.post(show_path(campaign), large)
    assert "larger than 8 MB" in answer.content.decode()
    assert not Claim.objects.exists()


@pytest.fixture
def team(alice: User, bob: User, charlie: User) -> list[tuple[User | None, int]]:
    """Who opens a receipt, and what they get."""
    return [(None, 302), (bob, 403), (charlie, 404), (alice, 200)]


@pytest.mark.parametrize(("content", "ending"), [(picture(exif=True), "jpg"), (PDF, "pdf")])
def test_a_receipt_is_served_to_the_teams_editors_alone(
    campaign: Campaign, team: list[tuple[User | None, int]], content: bytes, ending: str
) -> None:
    form = claim_form(receipt=upload(content, "../../evil.html"))
    Client().post(show_path(campaign), form)
    claim = Claim.objects.get()
    name = str(claim.file.name)
    assert name.startswith("receipts/")
    assert name.endswith(f".{ending}")
    assert "evil" not in name
    path = f"/organize/claims/{claim.public_id}/file/"
    for person, status in team:
        visitor = Client()
        if person is not None:
            visitor.force_login(person)
        answer = visitor.get(path)
        assert answer.status_code == status
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "no-store" in answer["Cache-Control"]
    served = b"".join(answer.streaming_content)
    assert served == default_storage.open(name).read()
    assert b"SecretCamera" not in served
    for guess in (f"/{name}", f"/media/{name}", f"/static/{name}"):
        assert visitor.get(guess).status_code == 404


def test_a_claim_that_is_refused_leaves_no_file(client: Client, campaign: Campaign) -> None:
    kept = set(_files())
    for number in range(6):
        form = claim_form(reference=str(number), receipt=upload(PDF))
        client.post(show_path(campaign), form)
    assert Claim.objects.count() == 5
    assert len(set(_files()) - kept) == 5


def _files() -> list[str]:
    if not default_storage.exists("receipts"):
        return []
    return default_storage.listdir("receipts")[1]
