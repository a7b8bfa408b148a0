"""Whoever changes a row, in whatever way, the row's history says it, and keeps nothing personal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from celery import Task
from django.contrib.auth.models import User
from django.db import connection, models
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from donations.services.backups import dumping
from events.models import Campaign, Registration, Workshop
from fundraiser.celery import app
from fundraiser.core import clock, history
from fundraiser.history import of_command
from fundraiser.local.places import ROOT
from tests.support.cast import make_workshop
from tests.support.personal_columns import COLUMNS
from tests.support.story import Story

pytestmark = pytest.mark.django_db

#: What a person said, or what opens a door. What says nothing of anybody is history's to keep.
PERSONAL = {
    *("name", "email", "language", "time_zone", "answers", "message", "text", "words", "reason"),
    *("reference", "file", "answer", "utm", "nonce", "visit", "client_hash", "fingerprint"),
    *("token", "digest", "link_version", "session_parameters", "detail", "officer_name", "note"),
    *("officer_role", "decline_reason", "refund_answer", "subject", "body", "password", "username"),
    *("value", "value_hash", "reply_to", "label", "join_url", "room_secret", "story", "speakers"),
}
#: Columns of these names that speak of no person: where and when a workshop is, a page's language.
NOBODYS = {
    *("CampaignHistory.language", "MailTextHistory.language", "SitePageHistory.language"),
    *("TeamHistory.time_zone", "WorkshopHistory.time_zone"),
    *("ExportScheduleHistory.language", "ExportScheduleHistory.time_zone"),
}


def _last(row: models.Model) -> history.Change:
    return list(history.of(row))[-1]


def _changed(change: history.Change) -> dict[str, tuple[Any, Any]]:
    return {one.field.name: (one.before, one.after) for one in change.values}


def test_a_member_an_admin_and_a_visitor_are_told_apart(
    story: Story, campaign: Campaign, alice: User, django_user_model: Any, client: Client
) -> None:
    donation = story.register(make_workshop(campaign))
    made = _last(donation.booking)
    assert (made.label, made.context) == ("insert", {"by": "visitor", "at": "workshop"})

    shop = make_workshop(campaign)
    client.force_login(alice)
    form = {"room_kind": "address", "join_url": "meet.example.org/a", "replay_url": ""}
    client.post(f"/organize/workshops/{shop.public_id}/room/", form)
    room = _last(shop)
    network = room.context.pop("network")
    assert room.context == {"by": "member", "user": alice.pk, "at": "workshop_room"}
    assert len(network) == 12

    root = django_user_model.objects.create_superuser("root")
    client.force_login(root)
    picked = {"action": "suspend", "_selected_action": [campaign.pk], "confirmed": "yes"}
    client.post("/admin/events/campaign/", {**picked, "reason": "Questions"})
    suspended = _last(campaign)
    assert (suspended.context["by"], suspended.context["user"]) == ("admin", root.pk)
    assert _changed(suspended)["suspended_at"][0] is None
    page = client.get(f"/admin/events/campaign/{campaign.pk}/history/").content.decode()
    assert "The administration" in page
    assert "root" in page
    assert "Questions" not in page, "control: the reason is a text"


def test_bulk_updates_and_plain_sql_are_seen_and_counters_are_not(campaign: Campaign) -> None:
    shops = [make_workshop(campaign, capacity=20) for _ in range(3)]
    before = {one.pk: len(list(history.of(one))) for one in shops}
    Workshop.objects.filter(pk__in=before).update(seats_taken=F("seats_taken") + 1)
    Campaign.objects.update(content_version=F("content_version") + 1)
    assert {one.pk: len(list(history.of(one))) for one in shops} == before, "control: a counter"
    with CaptureQueriesContext(connection) as queries:
        Workshop.objects.filter(pk__in=before).update(capacity=F("capacity") + 5)
    assert len(queries) == 1
    assert [_changed(_last(one)) for one in shops] == [{"capacity": (20, 25)}] * 3
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_workshop SET moderated = true WHERE id = %s", [shops[0].pk])
    assert _changed(_last(shops[0])) == {"moderated": (False, True)}


def test_what_a_person_says_is_noticed_and_not_kept(story: Story, workshop: Workshop) -> None:
    donation = story.register(workshop, name="Quillon")
    seat = Registration.objects.get(booking=donation.booking)
    Registration.objects.filter(pk=seat.pk).update(name="Somebody else", email="else@example.org")
    told = _last(seat)
    assert (told.label, told.values) == ("update", [])
    assert len(list(history.of(seat))) == 2


def test_no_column_of_history_could_hold_a_person() -> None:
    """Whoever tracks a column more, that says something of somebody, is stopped here."""
    assert len(history.tables()) > 30
    found = {
        f"{table.__name__}.{one.name}"
        for table in history.tables()
        for one in table._meta.fields
        if (one.name in PERSONAL and f"{table.__name__}.{one.name}" not in NOBODYS)
        or isinstance(one, models.EmailField | models.ForeignKey)
    }
    assert found == set()
    told = {name for columns, _ in COLUMNS.values() for name in columns.split()}
    assert told & PERSONAL, "control: these are the names of columns about people"


@pytest.fixture
def rename() -> Iterator[Task]:
    """A task that the product does not have, for one test."""

    @app.task(name="tests.rename", shared=False)
    def rename(campaign: int) -> None:
        Campaign.objects.filter(pk=campaign).update(title="Renamed")

    yield app.tasks[rename.name]
    app.tasks.unregister(rename.name)


@pytest.mark.django_db(transaction=True)  # a task lets its connection go
def test_tasks_and_commands_say_their_names(campaign: Campaign, rename: Task) -> None:
    rename.apply(kwargs={"campaign": campaign.pk})
    assert _last(campaign).context == {"by": "task", "at": "tests.rename"}
    with of_command(ROOT, "sweep"):
        Campaign.objects.update(title="Again")
        with connection.cursor() as cursor:
            assert dumping.count(cursor, "events_campaign") == 1, "a backup's way, in a task"
    assert _last(campaign).context == {"by": "command", "at": "sweep"}
    for name in ("restore", "migrate"):
        assert isinstance(of_command(ROOT, name), nullcontext), "control: these say nothing"


def test_accounts_have_a_history_of_what_they_may_do(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(last_login=clock.now())
    assert _last(alice).label == "insert", "control: signing in is no change"
    alice.is_superuser = True
    alice.save()
    assert _changed(_last(alice)) == {"is_superuser": (False, True)}


def test_old_rows_are_forgotten_and_a_deleted_row_keeps_its_own(campaign: Campaign) -> None:
    shop = make_workshop(campaign)
    number = shop.pk
    Workshop.objects.filter(pk=number).update(capacity=7)
    shop.delete()
    shop.pk = number
    assert [one.label for one in history.of(shop)] == ["insert", "update", "delete"]
    now = clock.now()
    assert history.forget(now - timedelta(days=1), batch=100) == 0
    assert history.forget(now + timedelta(days=1), batch=1000) > 3
    assert list(history.of(shop)) == []


def test_the_history_page_of_a_row_is_for_who_may_see_the_row(
    workshop: Workshop, alice: User, client: Client
) -> None:
    client.force_login(alice)
    path = f"/admin/events/workshop/{workshop.pk}/history/"
    assert client.get(path).status_code == 302
