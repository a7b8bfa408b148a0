"""Promise 42, after a restore: who was erased since the backup is erased again, from a list that
holds no address.
"""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as product_settings
from django.core import serializers
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import EmailField, F
from pytest_django.fixtures import Settings

from donations import tasks
from donations.gateway.stripe import for_visitors
from donations.models import Donation
from donations.services.person import erasing, replaying
from events.models import Booking, Erasure, Person, Registration, Workshop
from fundraiser.core import clock
from tests.support import traces
from tests.support.story import Story

EMAIL = "dora@osprey.example"
_KEPT = (Donation, Booking, Registration, Person)


def _log() -> str:
    return Path(product_settings.ERASURE_LOG).read_text()


def _replay(*options: str) -> str:
    out = io.StringIO()
    call_command("replay_erasures", *options, stdout=out, stderr=out)
    return out.getvalue()


def _restore(backup: list[str]) -> None:
    """Put rows back as they were: an older backup knows nothing of what was erased since."""
    for rows in backup:
        for one in serializers.deserialize("json", rows):
            one.save()
    Erasure.objects.all().delete()
    Workshop.objects.update(seats_taken=F("seats_taken") + 1)


@pytest.fixture
def erased(story: Story, workshop: Workshop) -> list[str]:
    """Dora gave, a backup was taken, and she was erased; return the backup's rows."""
    Path(product_settings.ERASURE_LOG).unlink(missing_ok=True)
    story.give(workshop, email=EMAIL, name="Dora Osprey")
    story.give(workshop, email="victor@example.org", name="Victor")
    person = Person.objects.create(email=EMAIL.upper())
    backup = [serializers.serialize("json", one.objects.all()) for one in _KEPT]
    erasing.erase(person, gateway=for_visitors())
    assert tasks.log_erasures() == 1
    assert tasks.log_erasures() == 0, "each line is written once"
    assert traces.of("osprey") == set()
    return backup


def test_a_restored_person_is_erased_again_and_nobody_else(erased: list[str]) -> None:
    _restore(erased)
    assert "events_booking.email" in traces.of("osprey")
    assert "1 people were erased again, 0 have to wait" in _replay()
    assert traces.of("osprey") == set()
    assert Donation.objects.filter(email="victor@example.org").count() == 1
    assert "0 people were erased again" in _replay()


def test_who_came_back_later_and_what_the_backup_has_already_are_left_alone(
    erased: list[str], story: Story, workshop: Workshop
) -> None:
    story.give(workshop, email=EMAIL, name="Dora Osprey")
    assert "0 people" in _replay()
    assert Donation.objects.filter(email=EMAIL).count() == 1
    Donation.objects.filter(email=EMAIL).update(created_at=clock.now() - timedelta(days=9))
    assert "0 people" in _replay(f"--since={(clock.now() + timedelta(days=1)).isoformat()}")
    assert "1 people" in _replay(), "control: without --since the old row is erased"


def test_the_list_holds_no_address_and_a_lost_key_is_told(
    erased: list[str], settings: Settings
) -> None:
    (line,) = _log().splitlines()
    assert "dora" not in line
    assert len(line.split()[1]) == 64
    with pytest.raises(IntegrityError), transaction.atomic():
        Erasure.objects.create(fingerprint=EMAIL)
    _restore(erased)
    settings.LINK_KEY = "another-key-of-more-than-thirty-two-characters"
    with pytest.raises(SystemExit):
        _replay()
    assert "events_booking.email" in traces.of("osprey")


def test_a_list_that_cannot_be_written_is_written_later(
    erased: list[str], tmp_path: Path, settings: Settings
) -> None:
    before = _log()
    Erasure.objects.update(logged_at=None)
    place = settings.ERASURE_LOG
    (tmp_path / "file").write_text("")
    settings.ERASURE_LOG = str(tmp_path / "file" / "list")
    assert tasks.log_erasures() == 0
    settings.ERASURE_LOG = place
    assert tasks.log_erasures() == 1
    assert _log() == before * 2


def test_a_disk_that_takes_a_part_leaves_whole_lines(
    erased: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, write = _log(), os.write
    Erasure.objects.update(logged_at=None)
    monkeypatch.setattr(os, "write", lambda file, text: write(file, text[:10]))
    assert tasks.log_erasures() == 0
    assert _log() == before
    monkeypatch.undo()
    assert tasks.log_erasures() == 1
    assert _log() == before * 2


def test_every_table_with_addresses_is_looked_at() -> None:
    """A model that gets an e-mail field is found again after a restore, or says why not."""
    ours = [
        *apps.get_app_config("events").get_models(),
        *apps.get_app_config("donations").get_models(),
    ]
    found = {
        model
        for model in ours
        if any(isinstance(one, EmailField) for one in model._meta.local_fields)
    }
    # A team's address for answers is the team's.
    assert {one.__name__ for one in found} - {"Team"} == {
        one.__name__ for one in replaying.ADDRESSES
    }
