"""What every promise about money needs: its invariants are checked after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from donations.services import invariants
from tests.machine.world import World, clock_of
from tests.support.clock import Clock
from tests.support.sandbox import SandboxControl


@pytest.fixture
def broken_on_purpose() -> None:
    """For negative controls: what they break is theirs to show, and is emptied with the test."""


@pytest.fixture(autouse=True)
def invariants_hold(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test that uses the database, no promise of ``check_invariants`` is broken."""
    names = {"db", "transactional_db"} & set(request.fixturenames)
    if request.node.get_closest_marker("django_db") is not None:
        names.add("_django_db_helper")
    for name in sorted(names):
        request.getfixturevalue(name)
    yield
    if names and "broken_on_purpose" not in request.fixturenames:
        assert list(invariants.broken()) == []


@pytest.fixture
def world(sandbox: SandboxControl, transactional_db: None) -> Iterator[World]:
    """A fresh world whose wake-ups are all lost: the test decides when anything runs."""
    world = World(sandbox, Client(), Clock())
    with pytest.MonkeyPatch.context() as patch, clock_of(world):
        patch.setattr("fundraiser.core.jobs._put", lambda name, ids: None)
        world.begin()
        yield world
        if list(invariants.broken()):  # a negative control leaves its damage to nobody
            world.begin()
