"""Archives in a bucket of Amazon's S3, or of anything that speaks like it (BACKUP_S3_ENDPOINT).

An archive is made in a nameless file beside the media first, so that the database's snapshot never
waits for the network; the upload is one object that is not there before it is whole.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, Final, TypeVar, cast

import boto3
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from donations.services.backups.dumping import media_root
from donations.services.backups.stores import PART, StoreError

_Result = TypeVar("_Result")

#: One request for so much of an archive that is read: constant memory.
_READ_AHEAD: Final = 8 << 20


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say in one sentence what the storage did not do."""
    try:
        yield
    except (BotoCoreError, ClientError, OSError) as error:
        raise StoreError(f"{what}: {error}") from error


def _client() -> Any:
    """Return a client; without keys of ours, boto3 looks for the machine's own."""
    when_required = {
        # Not every S3-like storage knows the newer checksums; the archive has its own.
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    return boto3.client(
        "s3",
        endpoint_url=settings.BACKUPS.s3_endpoint or None,
        region_name=settings.BACKUPS.s3_region or None,
        aws_access_key_id=settings.BACKUPS.s3_access_key or None,
        aws_secret_access_key=settings.BACKUPS.s3_secret_key or None,
        config=Config(connect_timeout=10, read_timeout=60, **when_required),
    )


class Bucket:
    """A bucket, or the part of one whose keys begin with a prefix."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self._bucket, self._prefix = bucket, f"{prefix}/" if prefix else ""
        self._place = f"s3://{bucket}/{prefix}".rstrip("/")
        with _told(self._place):
            self._client = _client()

    def write(self, name: str, fill: Callable[[IO[bytes]], _Result]) -> _Result:
        """Make the file here, then upload it."""
        spool = media_root() / ".backups"
        with _told(f"{spool} cannot be written"):
            spool.mkdir(parents=True, exist_ok=True)
            file = tempfile.TemporaryFile(dir=spool)  # noqa: SIM115 -- closed just below
        with file:
            result = fill(cast("IO[bytes]", file))
            file.seek(0)
            with _told(f"{self._place} cannot be written"):
                self._client.upload_fileobj(file, self._bucket, self._key(name + PART))
        return result

    def open(self, name: str) -> IO[bytes]:
        """Return the object as a file that can seek: it fetches some megabytes at a time."""
        with _told(f"{self._place}/{name}"):
            about = self._client.head_object(Bucket=self._bucket, Key=self._key(name))
        ranges = _Ranges(self._client, self._bucket, self._key(name), about["ContentLength"])
        return io.BufferedReader(ranges, buffer_size=_READ_AHEAD)

    def publish(self, name: str) -> None:
        """Let the storage copy the object to its name, then remove the part."""
        source = {"Bucket": self._bucket, "Key": self._key(name + PART)}
        with _told(f"{self._place} cannot be written"):
            self._client.copy(source, self._bucket, self._key(name))
        self.remove(name + PART)

    def names(self) -> list[str]:
        """Return the names below the prefix, without those of deeper folders."""
        found = []
        with _told(f"{self._place} cannot be read"):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                found += [one["Key"].removeprefix(self._prefix) for one in page.get("Contents", ())]
        return sorted(one for one in found if "/" not in one)

    def remove(self, name: str) -> None:
        """Remove an object."""
        with _told(f"{self._place}/{name}"):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(name))

    def _key(self, name: str) -> str:
        return self._prefix + name


class _Ranges(io.RawIOBase):
    """An object, read range by range."""

    def __init__(self, client: Any, bucket: str, key: str, size: int) -> None:
        self._client, self._bucket, self._key = client, bucket, key
        self._size, self._at = size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(begin + offset, 0)
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        last = min(self._at + len(buffer), self._size) - 1
        if last < self._at:
            return 0
        with _told(f"s3://{self._bucket}/{self._key}"):
            answer = self._client.get_object(
                Bucket=self._bucket, Key=self._key, Range=f"bytes={self._at}-{last}"
            )
            data = answer["Body"].read()
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
