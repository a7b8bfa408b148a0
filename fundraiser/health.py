"""Whether this process can serve: asked by proxies, by Compose and by ``manage.py up``."""

from __future__ import annotations

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, else 503."""
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _plain("no database", 503)
    return _plain("ok")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database has every table that this code needs, else 503."""
    del request
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return _plain("no database", 503)
    missing = sorted(f"{app}.{name}" for app, name in _needed() - applied.keys())
    return _plain(f"not migrated: {' '.join(missing)}", 503) if missing else _plain("ready")


@cache
def _needed() -> frozenset[tuple[str, str]]:
    """Return the last migration of each app, as this code knows them."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain")
