"""Backups: a bucket by real HTTP, what is kept and what is thrown away, and the daily round."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import boto3
import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from moto.server import ThreadedMotoServer

from donations.models import Backup
from donations.services.backups import archive, dumping, making, stores
from donations.services.backups.archive import ArchiveError
from events.models import Campaign
from tests.support.backups import checked
from tests.support.cast import make_campaign
from tests.support.clock import Clock
from tests.support.site import child_environment

PLACE = "s3://copies/our/site"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a storage that speaks like S3."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """An empty bucket named copies."""
    monkeypatch.setenv("NO_PROXY", "*")
    key = {"s3_access_key": "test", "s3_secret_key": "test"}
    settings.BACKUPS = replace(settings.BACKUPS, s3_endpoint=s3, s3_region="us-east-1", **key)
    client = boto3.resource(
        "s3",
        endpoint_url=s3,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    bucket = client.create_bucket(Bucket="copies")
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()


def keys(bucket) -> list[str]:
    return sorted(one.key for one in bucket.objects.all())


def run(command: str, *arguments: str, **options: object) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


def test_a_bucket_keeps_the_newest_and_gives_them_back(
    bucket, transactional_db: None, media: Path, clock: Clock
) -> None:
    bucket.put_object(Key="our/site/notes.txt", Body=b"not ours")
    bucket.put_object(Key="our/site/another.example.org-20200101T000000Z-abcdef.zip", Body=b"x")
    campaign = make_campaign()
    names = []
    for _ in range(3):
        clock.advance(days=1)
        names.append(run("backup", to=PLACE, keep=2).split(": ")[0].rpartition("/")[2])
    ours = [f"our/site/{name}" for name in names[1:]]
    theirs = ["our/site/another.example.org-20200101T000000Z-abcdef.zip", "our/site/notes.txt"]
    assert keys(bucket) == sorted([*ours, *theirs])
    assert list(media.rglob("*")) == [media / ".backups"]

    assert "whole: " in run("restore", f"{PLACE}/{names[-1]}", check=True)
    Campaign.objects.all().delete()
    assert "Restored: " in run("restore", f"{PLACE}/{names[-1]}", yes=True)
    campaign.refresh_from_db()


def test_a_bucket_that_is_not_there_is_said(bucket, transactional_db: None, media: Path) -> None:
    with pytest.raises(CommandError, match=r"No backup was made: s3://nowhere/x cannot be written"):
        run("backup", to="s3://nowhere/x")
    with pytest.raises(CommandError, match=r"Nothing was changed: s3://copies/a\.zip"):
        run("restore", "s3://copies/a.zip")
    with pytest.raises(CommandError, match="gs://copies/x is no place for backups"):
        run("backup", to="gs://copies/x")
    assert not Path("gs:").exists()
    assert not Backup.objects.exists()


def test_what_was_not_written_well_is_no_backup_and_older_ones_stay(
    transactional_db: None, media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that answers something else than it was given, after it said that all is well."""
    folder = tmp_path / "backups"
    old = Path(run("backup", to=str(folder), keep=1).split(": ")[0])

    def spoilt(self: stores.Folder, name: str) -> io.BytesIO:
        return io.BytesIO((folder / name).read_bytes()[:-2000] + bytes(2000))

    with monkeypatch.context() as patch:
        patch.setattr(stores.Folder, "open", spoilt)
        with pytest.raises(CommandError, match="No backup was made"):
            run("backup", to=str(folder), keep=1)
    assert list(folder.iterdir()) == [old]
    assert Backup.objects.count() == 1


def test_control_without_reading_back_a_spoilt_one_takes_the_place_of_a_good_one(
    transactional_db: None, media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    old = Path(run("backup", to=str(folder), keep=1).split(": ")[0])

    def spoil(store: stores.Store, name: str, _: object) -> int:
        (folder / (name + stores.PART)).write_bytes(b"nothing")
        return 7

    monkeypatch.setattr(making, "_read_back", spoil)
    new = Path(run("backup", to=str(folder), keep=1).split(": ")[0])
    assert not old.exists()
    with pytest.raises(ArchiveError):
        checked(new.read_bytes())


def test_parts_are_left_to_who_writes_them_for_a_day(
    transactional_db: None, media: Path, tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    clock.set(datetime(2026, 5, 3, 12, tzinfo=UTC))
    young = folder / "127.0.0.1-20260503T010000Z-abcdef.zip.part"
    old = folder / "127.0.0.1-20260502T010000Z-abcdef.zip.part"
    for part in (young, old):
        part.write_bytes(b"half")
    run("backup", to=str(folder), keep=1)
    assert young.exists()
    assert not old.exists()


def test_two_at_once_are_one(transactional_db: None, media: Path, tmp_path: Path) -> None:
    """The second one comes while the first one writes: from another process, so another session."""
    with psycopg.connect(child_environment()["DATABASE_URL"]) as beside:
        beside.execute("SELECT pg_advisory_lock(%s)", [making._LOCK])
        with pytest.raises(CommandError, match="another backup is being made"):
            run("backup", to=str(tmp_path / "backups"))
        beside.execute("SELECT pg_advisory_unlock(%s)", [making._LOCK])
    assert run("backup", to=str(tmp_path / "backups"))


def test_the_round_makes_one_a_day_where_a_place_is_set(
    transactional_db: None, media: Path, tmp_path: Path, clock: Clock, settings
) -> None:
    assert making.make_due() is None
    assert making.last_backup_at() is None
    settings.BACKUPS = replace(settings.BACKUPS, to=str(tmp_path / "backups"))
    made = making.make_due()
    assert made is not None
    assert making.last_backup_at() == made.taken_at == clock.now()
    clock.advance(hours=23)
    assert making.make_due() is None
    clock.advance(hours=1)
    assert making.make_due() is not None


@pytest.mark.parametrize("to", ["", None])
def test_without_a_place_the_command_says_what_it_needs(to: str | None) -> None:
    with pytest.raises(CommandError, match="BACKUP_TO"):
        run("backup", to=to)


def test_an_archive_is_an_ordinary_zip_file_without_what_is_hidden(archived: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(archived)) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        assert packed.read("media/pictures/é.png") == bytes(range(256))
    assert names[-1] == "manifest.json"
    assert not any("/." in name for name in names)
    assert archive.MANIFEST in names
    assert set(checked(archived).keys) == set(dumping.KEYS)


def test_a_backup_s_memory_does_not_grow_with_its_rows(
    transactional_db: None, media: Path, tmp_path: Path
) -> None:
    """30 MB of rows and a file of 20 MB go through a fraction of that."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_session SELECT n::text, repeat('x', 1000), now() "
            "FROM generate_series(1, 30000) n"
        )
    (media / "big").write_bytes(bytes(20 << 20))
    tracemalloc.start()
    path = Path(run("backup", to=str(tmp_path / "backups")).split(": ")[0])
    with path.open("rb") as file:
        assert archive.check(file).rows > 30_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 << 20
