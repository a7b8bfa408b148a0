"""Promise 32. ``manage.py backup`` and ``manage.py restore`` are drilled in CI: CK passes, row
counts are equal, an empty or truncated backup is refused."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from donations.models import LedgerEntry
from donations.services import totals
from donations.services.backups import archive, dumping, making, restoring, schema
from donations.services.backups.archive import ArchiveError
from events.models import Campaign, Message, Registration, Workshop
from fundraiser.core import clock
from tests.support.backups import checked, on_database, resealed, rows_of
from tests.support.cast import make_campaign, make_workshop
from tests.support.killing import killed_command
from tests.support.story import Story

BACKUP_POINTS = ("backup:written", "backup:checked", "backup:named")
#: Each of these tests asserts that a process really died at its point.
POINTS = (*BACKUP_POINTS, "restore:loaded")
HOSTILE = "tab\tline\nback\\slash \\N “é” \u2028"


def backup(to: Path, **options: object) -> Path:
    out = io.StringIO()
    call_command("backup", to=str(to), stdout=out, **options)
    return Path(out.getvalue().split(": ")[0])


def restore(path: Path, **options: object) -> str:
    out = io.StringIO()
    call_command("restore", str(path), stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def workshop(story: Story, media: Path) -> Workshop:
    """Paid for once, with a hostile answer, a stale reminder, and a file."""
    (media / "receipts").mkdir()
    (media / "receipts" / "a.pdf").write_bytes(b"%PDF \x00\xff")
    workshop = make_workshop(make_campaign())
    story.give(workshop, name="Zoë", message="Bravo")
    Registration.objects.update(answers={"q": HOSTILE})
    late = {"workshop": workshop, "due_at": clock.now() - timedelta(hours=2)}
    Message.objects.create(key="stale", kind="reminder", **late)
    return workshop


def test_restored_elsewhere_everything_is_as_it_was(
    empty_database: str, workshop: Workshop, media: Path, tmp_path: Path
) -> None:
    path = backup(tmp_path / "backups")
    total = totals.of_campaign(workshop.campaign)
    manifest = checked(path.read_bytes())
    counted = {one.name: one.rows for one in manifest.tables}
    assert counted["donations_ledgerentry"] == LedgerEntry.objects.count() > 0
    assert making.last_backup_at() == manifest.taken_at
    assert path.stat().st_mode & 0o077 == 0
    (media / "receipts" / "a.pdf").unlink()
    (media / "receipts" / "since.pdf").write_bytes(b"%PDF since")

    with on_database(empty_database):
        said = restore(path)
        assert rows_of(list(counted)) == counted
        assert f"Restored: {manifest.rows} rows and 1 files" in said
        assert "1 stale mails are held" in said
        assert "WARNING" not in said
        assert Message.objects.get(key="stale").state == "held"
        assert Registration.objects.get().answers == {"q": HOSTILE}
        assert totals.of_campaign(Campaign.objects.get()) == total
        # What the schema does, it does here too: numbers go on, and the ledger cannot be changed.
        again = Message.objects.create(key="next", kind="reminder", workshop=workshop)
        assert again.pk > restoring.NUMBERS_LEFT_OUT
        with pytest.raises(DatabaseError), transaction.atomic():
            LedgerEntry.objects.update(amount_minor=1)
        with pytest.raises(CommandError, match="has data already"):
            restore(path)
        assert Message.objects.filter(key="next").exists()
    assert (media / "receipts" / "a.pdf").read_bytes() == b"%PDF \x00\xff"
    kept = media / restoring.BEFORE_RESTORE / "receipts" / "since.pdf"
    assert kept.read_bytes() == b"%PDF since", "the only copy, out of the way of what tidies up"


def test_an_older_version_s_archive_takes_the_place_of_data_and_becomes_this_version_s(
    empty_database: str, workshop: Workshop, tmp_path: Path
) -> None:
    """The tables are made by the migrations that it names, which are then gone on from."""
    names = sorted(name for app, name in dumping.applied() if app == "donations")
    path = tmp_path / "old.zip"
    with on_database(empty_database):
        call_command("migrate", "donations", names[-2], verbosity=0)
        with path.open("wb") as file:
            old = dumping.write(file)
        call_command("migrate", verbosity=0)
        assert ("donations", names[-1]) not in old.migrations
        make_campaign()
        restore(path, yes=True)
        assert ("donations", names[-1]) in dumping.applied()
        assert Campaign.objects.count() == 0
        found = rows_of([one.name for one in old.tables])
        made_by_migrate = {"auth_permission", "django_content_type"}
        assert {one.name: one.rows for one in old.tables if one.name not in made_by_migrate} == {
            name: rows for name, rows in found.items() if name not in made_by_migrate
        }


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.999])
def test_an_empty_or_cut_archive_is_refused(share: float, archived: bytes) -> None:
    with pytest.raises(ArchiveError):
        checked(archived[: int(len(archived) * share)])
    with pytest.raises(ArchiveError):
        checked(archived[:-1])


def test_any_flipped_bit_is_seen(archived: bytes) -> None:
    chance = random.Random(32)
    for _ in range(200):
        changed = bytearray(archived)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        with pytest.raises(ArchiveError):
            checked(bytes(changed))


def test_control_without_the_seal_some_flipped_bits_are_not_seen(
    archived: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_check_seal", lambda file: None)
    assert archived[10:14] == b"\0\0\x21\0"  # the time of the first member, which nothing needs
    assert checked(archived[:10] + b"\1" + archived[11:])


def _without_a_table(name: str, content: bytes) -> bytes | None:
    return None if name == "tables/donations_donation.copy" else content


def _with_another_row(name: str, content: bytes) -> bytes:
    return content + b"x\n" if name == "tables/django_session.copy" else content


def _told(**fields: object) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        return json.dumps({**json.loads(content), **fields}).encode()

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_without_a_table, "other members"),
        (_with_another_row, "is not what the manifest tells"),
        (_told(format=2), "format 2"),
        (_told(product="other"), "another program"),
        (_told(taken_at="yesterday"), "cannot be read"),
    ],
)
def test_one_sealed_again_by_somebody_is_refused(
    change: Callable[[str, bytes], bytes], why: str, archived: bytes
) -> None:
    with pytest.raises(ArchiveError, match=why):
        checked(resealed(archived, change))


def test_unknown_migrations_are_refused_and_nothing_is_changed(
    archived: bytes, tmp_path: Path
) -> None:
    campaign = make_campaign()
    path = tmp_path / "a.zip"
    path.write_bytes(resealed(archived, _told(migrations=[["events", "9999_future"]])))
    with pytest.raises(CommandError, match=r"Nothing was changed.*events\.9999_future"):
        restore(path, yes=True)
    campaign.refresh_from_db()


@pytest.mark.parametrize("step", ["_migrate", "finish"])
def test_a_restore_that_fails_on_the_way_changes_nothing(
    step: str, archived: bytes, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it leave a table dropped, emptied, or without the triggers that guard it."""

    def fail(_: object) -> None:
        raise ArchiveError("on the way")

    campaign = make_campaign()
    if step == "_migrate":  # as if the archive were of another version
        monkeypatch.setattr(dumping, "applied", set)
    monkeypatch.setattr(schema, step, fail)
    with pytest.raises(ArchiveError, match="on the way"):
        restoring.restore(io.BytesIO(archived), replace=True)
    campaign.refresh_from_db()
    assert not (media / ".restoring").exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE donations_ledgerentry CASCADE")


def test_rows_that_came_meanwhile_are_in_no_table(
    transactional_db: None, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts and rows are of one moment: what is committed while it is copied is not in it."""
    original = dumping._copy_out
    beside = connection.copy()

    def copy_out(*arguments: object) -> None:
        with beside.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_session (session_key, session_data, expire_date) "
                "VALUES (gen_random_uuid()::text::varchar(40), '', now())"
            )
        original(*arguments)

    monkeypatch.setattr(dumping, "_copy_out", copy_out)
    file = io.BytesIO()
    dumping.write(file)
    beside.close()
    found = {one.name: one.rows for one in checked(file.getvalue()).tables}
    assert found["django_session"] == 0
    assert rows_of(["django_session"])["django_session"] == len(found)


def test_control_without_a_snapshot_the_counts_do_not_agree(
    transactional_db: None, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = dumping._copy_out

    def copy_out(cursor: object, table: archive.Table, *others: object) -> None:
        if table.name == "django_session":  # as if it had come from somebody else
            with connection.cursor() as own:
                own.execute(
                    "INSERT INTO django_session (session_key, session_data, expire_date) "
                    "VALUES ('a', '', now())"
                )
        original(cursor, table, *others)

    monkeypatch.setattr(dumping, "_copy_out", copy_out)
    monkeypatch.setattr(dumping, "SNAPSHOT", "SELECT 1")
    file = io.BytesIO()
    dumping.write(file)
    with pytest.raises(ArchiveError, match="django_session"):
        checked(file.getvalue())


@pytest.mark.parametrize("point", BACKUP_POINTS)
def test_killed_anywhere_there_is_a_whole_archive_or_none(
    point: str, transactional_db: None, media: Path, tmp_path: Path
) -> None:
    """And the older one is there in any case."""
    folder = tmp_path / "backups"
    old = backup(folder)
    killed_command("backup", point, BACKUP_TO=str(folder), BACKUP_KEEP="1")
    whole = sorted(folder.glob("*.zip"))
    assert old in whole
    assert len(whole) == (2 if point == "backup:named" else 1)
    assert all(checked(one.read_bytes()) for one in whole)
    # The next one is made all the same, and only then the older ones go.
    assert sorted(folder.glob("*.zip")) != [new := backup(folder, keep=1)]
    assert list(folder.glob("*.zip")) == [new]


def test_killed_after_loading_the_same_command_ends_what_was_begun(
    transactional_db: None, empty_database: str, media: Path, tmp_path: Path
) -> None:
    campaign = make_campaign()
    (media / "a.txt").write_text("a")
    path = backup(tmp_path)
    (media / "a.txt").unlink()
    with on_database(empty_database):
        killed_command("restore", "restore:loaded", str(path), MEDIA_ROOT=str(media))
        assert not (media / "a.txt").exists()
        restore(path, yes=True)
        assert type(campaign).objects.count() == 1
    assert (media / "a.txt").read_text() == "a"
