"""Where archives lie: a folder, or a bucket of any S3-like storage.

An archive is first written whole as ``NAME.part``, is then read back, and only then gets its name.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final, Protocol, TypeVar
from urllib.parse import urlsplit

from donations.services.backups.archive import ArchiveError

_Result = TypeVar("_Result")

PART: Final = ".part"
_S3: Final = "s3"


class StoreError(ArchiveError):
    """The place cannot be read or written; the text says why."""

    code = "store"
    retryable = True


class Store(Protocol):
    """One place for archives. Each of these raises StoreError."""

    def write(self, name: str, fill: Callable[[IO[bytes]], _Result]) -> _Result:
        """Let ``fill`` write a file, and keep it as NAME.part when it is whole."""

    def open(self, name: str) -> IO[bytes]:
        """Return a file that can seek, NAME.part included."""

    def publish(self, name: str) -> None:
        """Give NAME.part its name."""

    def names(self) -> list[str]:
        """Return the names of what is there, parts included, in their order."""

    def remove(self, name: str) -> None:
        """Remove one file; one that is gone already is no error."""


class Folder:
    """A folder of this machine, or one that is mounted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, fill: Callable[[IO[bytes]], _Result]) -> _Result:
        """Write to the disk itself, readable by its owner alone, before the name is changed."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(
                self._folder / (name + PART), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600
            )
            with os.fdopen(handle, "wb") as file:
                result = fill(file)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.remove(name + PART)
            raise StoreError(f"{self._folder} cannot be written: {error.strerror}") from error
        return result

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the folder."""
        try:
            return (self._folder / name).open("rb")
        except OSError as error:
            raise StoreError(f"{self._folder / name}: {error.strerror}") from error

    def publish(self, name: str) -> None:
        """Change the name in one step, and write the folder to the disk."""
        try:
            (self._folder / (name + PART)).rename(self._folder / name)
            handle = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be written: {error.strerror}") from error

    def names(self) -> list[str]:
        """Return the files' names."""
        try:
            return sorted(one.name for one in self._folder.iterdir() if one.is_file())
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be read: {error.strerror}") from error

    def remove(self, name: str) -> None:
        """Remove a file."""
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{self._folder / name}: {error.strerror}") from error


def at(place: str) -> Store:
    """Return the store at a path, or at ``s3://bucket/prefix``. Raises StoreError for others."""
    address = urlsplit(place)
    if address.scheme == _S3:
        from donations.services.backups.s3 import Bucket  # noqa: PLC0415 -- boto3 is slow to import

        return Bucket(address.netloc, address.path.strip("/"))
    if "://" in place:  # else a folder of this name would take what was meant to be elsewhere
        raise StoreError(f"{place} is no place for backups: /a/folder or s3://bucket/prefix")
    return Folder(Path(place))


def opened(place: str) -> IO[bytes]:
    """Open one archive by its path or its ``s3://bucket/prefix/name``. Raises StoreError."""
    folder, slash, name = place.rpartition("/")
    if not name:
        raise StoreError(f"{place} names no archive")
    return at(folder + slash if folder or slash else ".").open(name)
