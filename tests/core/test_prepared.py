"""A question that is built once says what the same question says that is built each time."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from donations.services.abuse import blocking
from events.models import Campaign
from fundraiser.core import prepared
from fundraiser.local.places import ROOT
from tests.support.cast import make_campaign

pytestmark = pytest.mark.django_db


def _titles(slug: str) -> QuerySet[Campaign, tuple[str, str]]:
    return Campaign.objects.visible().filter(slug=slug).values_list("title", "state")


def test_it_answers_each_time_for_the_value_that_is_asked_about() -> None:
    one, other = make_campaign(), make_campaign()
    Campaign.objects.filter(pk=other.pk).update(title="It’s 100 % “other”; -- %s")
    question = prepared.Question(_titles, "slug")
    for campaign in (one, other, one):
        assert question.ask(slug=campaign.slug) == _titles(campaign.slug).get()
    Campaign.objects.filter(pk=one.pk).update(title="New")
    assert question.ask(slug=one.slug) == ("New", "published")


@pytest.mark.parametrize("slug", ["", "no-such", "' OR 1=1 --", "%s", "é" * 300])
def test_what_is_not_there_is_none(slug: str) -> None:
    make_campaign()
    assert prepared.Question(_titles, "slug").ask(slug=slug) is None


def test_it_is_planned_once_for_a_connection() -> None:
    question = prepared.Question(_titles, "slug")
    for _ in range(3):
        question.ask(slug="nothing")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            ['%"events_campaign"."title"%LIMIT%'],
        )
        assert cursor.fetchone() == (1,)


def test_a_question_that_depends_on_nothing_is_refused() -> None:
    question = prepared.Question(lambda slug: Campaign.objects.values_list("title"), "slug")
    with pytest.raises(ValueError, match="slug"):
        question.ask(slug="any")


def test_its_errors_are_djangos() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        prepared.rows(b"SELECT nothing FROM nowhere WHERE id = %s", [1])


def _written(text: str) -> set[str]:
    """Return the tables that statements in a source text write."""
    return set(re.findall(r"(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", text))


def test_it_writes_no_table_whose_history_is_kept() -> None:
    tracked = {
        model.pgh_tracked_model._meta.db_table
        for model in apps.get_models()
        if getattr(model, "pgh_tracked_model", None)
    }
    sources = [path for app in ("events", "donations") for path in (ROOT / app).rglob("*.py")]
    texts = [path.read_text() for path in sources]
    writing = [text for text in texts if "prepared.count(" in text]
    found = set().union(*map(_written, writing))
    assert {"events_message", "events_webhookdelivery"} <= found
    assert "donations_donation" in tracked
    assert not found & tracked
    assert _written("UPDATE donations_donation SET") & tracked  # it would be seen


def test_lists_are_sent_whole() -> None:
    found = prepared.rows(b"SELECT one FROM unnest(%s::text[]) AS one", [["a", "b'c", ""]])
    assert found == [("a",), ("b'c",), ("",)]
    blocking.refuse(email="dora@example.org", client="127.0.0.1")  # nobody is blocked
