"""Fixtures for every test; what they are made of is in tests/support/."""

from __future__ import annotations

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
    """Begin with what takes minutes: no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


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
