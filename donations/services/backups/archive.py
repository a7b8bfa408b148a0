"""The archive: a ZIP file whose manifest tells every member, and whose end seals every byte.

``manifest.json``, then ``tables/NAME.copy`` (PostgreSQL's COPY in text form: one line a row) and
``media/PATH``. The comment of a ZIP file is its very end; ours holds the sha256 of every byte
before the digest, so that nothing can be cut off, changed or put behind it unnoticed.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any, Final

from fundraiser.core.errors import ServiceError

#: Raised by whatever an older ``restore`` could not read.
FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
TABLES: Final = "tables/"
MEDIA: Final = "media/"
_SEAL: Final = b"sha256 of every byte before it: "
_DIGEST: Final = 64
_CHUNK: Final = 1 << 20


class ArchiveError(ServiceError):
    """It is no whole archive that this version can restore; the text says why."""

    code = "archive"


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in the order of the file, and how many rows the snapshot had."""

    name: str
    columns: list[str]
    rows: int


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive as it was written."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself. ``taken_at`` is aware, UTC: the moment of the snapshot.

    ``migrations`` are those that the database had, as (app, name). ``sequences`` are (table,
    column, last number given out). ``keys`` tell keys that are in no archive apart, without telling
    them.
    """

    taken_at: datetime
    migrations: list[tuple[str, str]]
    tables: list[Table]
    sequences: list[tuple[str, str, int]]
    members: dict[str, Member] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)


class _Sealed(io.RawIOBase):
    """Passes on what is written and digests it; the last 64 bytes wait for ``finish``."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._kept = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        passed = self._kept + bytes(data)
        self._kept, passed = passed[-_DIGEST:], passed[:-_DIGEST]
        self._digest.update(passed)
        self._file.write(passed)
        return len(data)

    def finish(self) -> None:
        """Write the digest in the place that was left for it."""
        if self._kept != b"0" * _DIGEST:
            raise ArchiveError("the archive does not end with the place of its digest")
        self._file.write(self._digest.hexdigest().encode())


class Writer:
    """Writes members one after the other, in constant memory, to a file that need not seek."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self.members: dict[str, Member] = {}

    @contextmanager
    def member(self, name: str, *, compress: bool = True) -> Iterator[IO[bytes]]:
        """Give a file to write one member to."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info._compresslevel = 1  # type: ignore[attr-defined] # noqa: SLF001 -- has no public name before 3.13
        with self._packed.open(info, "w", force_zip64=True) as file:
            counted = _Counted(file)
            yield counted  # type: ignore[misc]
        self.members[name] = Member(counted.digest.hexdigest(), counted.size)


class _Counted(io.RawIOBase):
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)


@contextmanager
def writing(file: IO[bytes]) -> Iterator[tuple[Writer, list[Manifest]]]:
    """Write an archive to ``file``: members by the writer; the manifest is put into the list.

    Only when the block ends well is the digest written: until then it is no archive.
    """
    sealed = _Sealed(file)
    told: list[Manifest] = []
    with zipfile.ZipFile(sealed, "w") as packed:
        packed.comment = _SEAL + b"0" * _DIGEST
        writer = Writer(packed)
        yield writer, told
        (manifest,) = told
        packed.writestr(MANIFEST, _as_json(manifest, writer.members), zipfile.ZIP_DEFLATED)
    sealed.finish()


def _as_json(manifest: Manifest, members: dict[str, Member]) -> str:
    fields = asdict(manifest)
    fields["taken_at"] = manifest.taken_at.isoformat()
    fields["members"] = {name: asdict(one) for name, one in members.items()}
    return json.dumps({"product": "fundraiser", "format": FORMAT, **fields}, indent=1)


def check(file: IO[bytes]) -> Manifest:
    """Read an archive (it can seek) from its first byte to its last, and return its manifest.

    Raises ArchiveError where it is empty, cut, changed, another program's or format's, or where its
    members are not exactly those of the manifest.
    """
    _check_seal(file)
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = read_manifest(packed)
            _check_members(packed, manifest)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise ArchiveError(f"the archive cannot be read: {error}") from error
    return manifest


def _check_seal(file: IO[bytes]) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size == 0:
        raise ArchiveError("the file is empty")
    digest, left = hashlib.sha256(), max(size - _DIGEST, 0)
    last = b""
    while left and (chunk := file.read(min(_CHUNK, left))):
        digest.update(chunk)
        last = (last + chunk)[-len(_SEAL) :]
        left -= len(chunk)
    if last != _SEAL:
        raise ArchiveError("it is no archive of a backup, or its end was cut off")
    if file.read(_DIGEST + 1) != digest.hexdigest().encode():
        raise ArchiveError("the archive was changed: its sha256 is not the one it ends with")


def read_manifest(packed: zipfile.ZipFile) -> Manifest:
    """Return the manifest. Raises ArchiveError."""
    try:
        told = json.loads(packed.read(MANIFEST))
        if told["product"] != "fundraiser":
            raise ArchiveError("the archive is of another program")
        if told["format"] != FORMAT:
            raise ArchiveError(
                f"the archive has format {told['format']}, and this version reads {FORMAT}: "
                "restore it by the version that made it"
            )
        return Manifest(
            taken_at=datetime.fromisoformat(told["taken_at"]),
            migrations=[(app, name) for app, name in told["migrations"]],
            tables=[Table(**one) for one in told["tables"]],
            sequences=[(table, column, last) for table, column, last in told["sequences"]],
            members={name: Member(**one) for name, one in told["members"].items()},
            keys=told["keys"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArchiveError(f"the manifest cannot be read: {error!r}") from error


def _check_members(packed: zipfile.ZipFile, manifest: Manifest) -> None:
    names = packed.namelist()
    if sorted(names) != sorted([MANIFEST, *manifest.members]):
        raise ArchiveError("the archive has other members than its manifest tells")
    rows = {TABLES + one.name + ".copy": one.rows for one in manifest.tables}
    if missing := rows.keys() - manifest.members.keys():
        raise ArchiveError(f"tables are missing: {', '.join(sorted(missing))}")
    for name, member in manifest.members.items():
        if not is_safe(name):
            raise ArchiveError(f"a member has a name that leads elsewhere: {name!r}")
        digest, size, lines = _digested(packed, name)
        if (digest, size) != (member.sha256, member.size):
            raise ArchiveError(f"{name} is not what the manifest tells")
        if lines != rows.get(name, lines):
            raise ArchiveError(f"{name} has {lines} rows, and the manifest tells {rows[name]}")


def _digested(packed: zipfile.ZipFile, name: str) -> tuple[str, int, int]:
    """Return a member's sha256, size and number of lines: in text form COPY has one a row."""
    digest, size, lines = hashlib.sha256(), 0, 0
    with packed.open(name) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            lines += chunk.count(b"\n")
    return digest.hexdigest(), size, lines


def is_safe(name: str) -> bool:
    """Whether a member is a table, or a file that stays below the folder it is unpacked to."""
    path = PurePosixPath(name)
    inside = not path.is_absolute() and ".." not in path.parts and "\\" not in name
    return inside and name.startswith((TABLES, MEDIA)) and str(path) == name
