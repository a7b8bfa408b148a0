"""Fixtures for every test; what they are made of is in tests/support/."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import caches
from django.test import override_settings

pytest_plugins = [
    "tests.support.backups",
    "tests.support.browser",
    "tests.support.cast",
    "tests.support.clock",
    "tests.support.database",
    "tests.support.books",
    "tests.support.exports",
    "tests.support.house",
    "tests.support.mail",
    "tests.support.mailbox",
    "tests.support.receiving",
    "tests.support.rooms",
    "tests.support.sandbox",
    "tests.support.site",
    "tests.support.statistics",
    "tests.support.story",
    "tests.support.two_modes",
]

#: Templates name static files without a manifest, which only a real web server needs.
_STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, spread over the workers: none is alone with it at the end.

    Each worker gets its share of the list in one piece to begin with (--dist worksteal), so the
    long ones stand where a share begins.
    """
    long = [item for item in items if item.get_closest_marker("long")]
    short = [item for item in items if not item.get_closest_marker("long")]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        first = long[worker::workers]
        share = (len(items) - len(dealt)) // (workers - worker)
        dealt += [*first, *short[: max(share - len(first), 0)]]
        del short[: max(share - len(first), 0)]
    items[:] = [*dealt, *short]


@pytest.fixture(scope="session", autouse=True)
def plain_static_files() -> Iterator[None]:
    """Let pages be rendered without ``collectstatic``."""
    with override_settings(STORAGES=_STORAGES):
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash a password once, not a million times: any process can still check it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1)
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Begin each test with nothing cached."""
    for cache in caches.all(initialized_only=False):
        cache.clear()
