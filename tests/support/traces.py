"""Looking for a word in everything that is kept: every table, sessions, files and the cache."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection

#: Types of columns that cannot hold a word. Any other is looked into, one of tomorrow's included.
WORDLESS = ("bigint", "integer", "smallint", "boolean", "date", "double precision", "numeric")
_COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type
    FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE t.table_type = 'BASE TABLE'
      AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
      AND c.data_type <> ALL(%s) AND c.data_type NOT LIKE 'timestamp%%'
    ORDER BY 1, 2
"""


def columns() -> list[tuple[str, str, str]]:
    """Return table, column and type of every column of the database that could hold a word."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [list(WORDLESS)])
        return cursor.fetchall()


def of(*words: str) -> set[str]:
    """Return where one of the words stands, whatever the letter case: "table.column"."""
    wanted = [word.lower() for word in words]
    return {*_tables(wanted), *_sessions(wanted), *_files(wanted), *_cache(wanted)}


def _tables(words: list[str]) -> Iterator[str]:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, column, kind in columns():
            name = quote(column)
            text = f"encode({name}, 'escape')" if kind == "bytea" else f"{name}::text"
            found = " OR ".join([f"strpos(lower({text}), %s) > 0"] * len(words))
            cursor.execute(f"SELECT 1 FROM {quote(table)} WHERE {found} LIMIT 1", words)
            if cursor.fetchone():
                yield f"{table}.{column}"


def _sessions(words: list[str]) -> Iterator[str]:
    """Sessions are packed: what they say is read by unpacking them."""
    for session in Session.objects.all():
        if any(word in str(session.get_decoded()).lower() for word in words):
            yield "session"


def _files(words: list[str]) -> Iterator[str]:
    """Look into the storage (in the tests it is memory), and into what lies beside it."""
    for name in _stored(""):
        if _says(name.encode() + _read(name), words):
            yield f"storage:{name.partition('/')[0]}"
    for folder, _inner, names in os.walk(settings.MEDIA_ROOT):
        for one in names:
            if _says(one.encode() + (Path(folder) / one).read_bytes(), words):
                yield f"media:{Path(folder).name}"


def forget_files(word: str) -> None:
    """Remove the files that another test has left, and that say the word."""
    for name in list(_stored("")):
        if _says(name.encode() + _read(name), [word]):
            default_storage.delete(name)
    for folder, _inner, names in os.walk(settings.MEDIA_ROOT):
        for path in (Path(folder) / one for one in names):
            if _says(path.read_bytes(), [word]):
                path.unlink()


def _read(name: str) -> bytes:
    """Return what a file of the storage in memory says, without closing it.

    A response that handed it out to another test has put its own ``close`` in its place, which
    ends a request.
    """
    file = default_storage.open(name)
    file.seek(0)
    return bytes(file.read())


def _stored(folder: str) -> Iterator[str]:
    inner, names = default_storage.listdir(folder) if _is_there(folder) else ([], [])
    yield from (f"{folder}{name}" for name in names)
    for one in inner:
        yield from _stored(f"{folder}{one}/")


def _is_there(folder: str) -> bool:
    return folder == "" or default_storage.exists(folder.rstrip("/"))


def _cache(words: list[str]) -> Iterator[str]:
    """Every key of this process's own database at Valkey, the queues of tasks included."""
    server = redis.Redis.from_url(settings.REDIS_URL)
    for key in server.scan_iter(count=1000):
        kind = server.type(key)
        if kind == b"string":
            values = [server.get(key) or b""]
        elif kind == b"list":
            values = server.lrange(key, 0, -1)
        elif kind == b"hash":
            values = [one for pair in server.hgetall(key).items() for one in pair]
        else:
            values = [server.dump(key) or b""]
        if any(_says(key + value, words) for value in values):
            yield f"cache:{key.decode().rpartition(':')[2]}"


def _says(content: bytes, words: list[str]) -> bool:
    lower = content.lower()
    return any(word.encode() in lower for word in words)
