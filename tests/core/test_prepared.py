"""A question that is built once says what the same question says that is built each time."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Length
from django.db.transaction import TransactionManagementError
from django.urls import get_resolver
from django.utils.translation import override

from donations.services.abuse import blocking
from events.models import Campaign
from fundraiser.core import clock as product_clock
from fundraiser.core import prepared
from fundraiser.local.places import ROOT
from tests.support.cast import make_campaign
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db


def _titles(slug: str) -> QuerySet[Campaign, tuple[str, str]]:
    return Campaign.objects.visible().filter(slug=slug).values_list("title", "state")


def test_it_answers_each_time_for_the_value_that_is_asked_about() -> None:
    one, other = make_campaign(), make_campaign()
    Campaign.objects.filter(pk=other.pk).update(title="It’s 100 % “other”; -- %s")
    question = prepared.Question(_titles, slug=str)
    for campaign in (one, other, one):
        assert question.first(slug=campaign.slug) == _titles(campaign.slug).get()
    Campaign.objects.filter(pk=one.pk).update(title="New")
    assert question.first(slug=one.slug) == ("New", "published")


@pytest.mark.parametrize("slug", ["", "no-such", "' OR 1=1 --", "%s", "é" * 300])
def test_what_is_not_there_is_none(slug: str) -> None:
    make_campaign()
    assert prepared.Question(_titles, slug=str).first(slug=slug) is None


def test_it_is_planned_once_for_a_connection() -> None:
    question = prepared.Question(_titles, slug=str)
    for _ in range(3):
        question.first(slug="nothing")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            ['SELECT "events_campaign"."title"%slug%'],
        )
        assert cursor.fetchone() == (1,)


def test_a_question_that_depends_on_nothing_is_refused() -> None:
    question = prepared.Question(lambda slug: Campaign.objects.values_list("title"), slug=str)
    with pytest.raises(ValueError, match="slug"):
        question.first(slug="any")


def test_its_errors_are_djangos() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        prepared.rows(b"SELECT nothing FROM nowhere WHERE id = %s", [1])


def _with_team(slug: str, least: int) -> QuerySet[Campaign]:
    rows = Campaign.objects.select_related("team").only("title", "suggested_minor", "team__name")
    return rows.filter(slug=slug, goal_minor__gte=least).order_by("pk")


def test_an_object_is_what_the_orm_makes_of_its_row() -> None:
    one, other = make_campaign(title="É"), make_campaign(suggested_minor=[1, 2])
    question = prepared.ModelQuestion[Campaign](_with_team, slug=str, least=int)
    for campaign in (one, other, one):
        made, own = question.get(slug=campaign.slug, least=1), _with_team(campaign.slug, 1).get()
        assert vars(made).keys() == vars(own).keys()
        assert (made, made.title, made.suggested_minor) == (own, own.title, own.suggested_minor)
        assert made._state.db == own._state.db
        assert made.get_deferred_fields() == own.get_deferred_fields()
        assert made._state.fields_cache["team"].name == own.team.name
        assert made.currency == "USD", "what was not read is read when it is asked for"
    assert question.all(slug=one.slug, least=10**9) == []
    assert question.first(slug=one.slug, least=10**9) is None
    with pytest.raises(Campaign.DoesNotExist):
        question.get(slug=one.slug, least=10**9)


def test_nothing_of_one_object_is_shared_with_the_next() -> None:
    campaign = make_campaign()
    question = prepared.ModelQuestion[Campaign](_with_team, slug=str, least=int)
    question.get(slug=campaign.slug, least=0).suggested_minor.append(7)
    assert question.get(slug=campaign.slug, least=0).suggested_minor == [1000, 2000, 5000]


def test_values_of_all_kinds_and_all_sizes_are_told_apart() -> None:
    campaign = make_campaign()

    def build(public_id: UUID, least: int, most: int) -> QuerySet[Campaign, tuple[int]]:
        rows = Campaign.objects.filter(public_id=public_id, goal_minor__range=(least, most))
        return rows.exclude(pk=0).values_list("pk")

    kinds = {"public_id": UUID, "least": int, "most": int}
    question = prepared.Question(build, **kinds)
    for most in (1, 40_000, 2**40, 2**62):
        asked = {"public_id": campaign.public_id, "least": 0, "most": most}
        assert question.all(**asked) == list(build(**asked))


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused() -> None:
    campaign = make_campaign()

    def build(pk: int) -> QuerySet[Campaign]:
        return Campaign.objects.select_for_update(no_key=True).filter(pk=pk)

    question = prepared.ModelQuestion[Campaign](build, pk=int)
    with transaction.atomic():
        assert question.get(pk=campaign.pk) == campaign
    with pytest.raises(TransactionManagementError):
        question.get(pk=campaign.pk)


def test_what_is_asked_beside_the_columns_is_at_the_object() -> None:
    campaign = make_campaign()

    def build(slug: str) -> QuerySet[Campaign]:
        return Campaign.objects.filter(slug=slug).annotate(long=Length("title"), one=Value(1))

    found = prepared.ModelQuestion[Campaign](build, slug=str).get(slug=campaign.slug)
    assert vars(found)["long"] == len(campaign.title)
    assert vars(found)["one"] == 1


def test_a_question_about_values_makes_no_objects() -> None:
    make_campaign()
    question = prepared.ModelQuestion[Campaign](lambda: Campaign.objects.values(one=Value(1)))
    with pytest.raises(ValueError, match="objects"):
        question.all()


def _at_two_moments(question: prepared._Built[Any], clock: Clock) -> list[list[object]]:
    """Return what a question becomes that is first asked in one year and language, and another."""
    found = []
    for year, language in ((2020, "en"), (2031, "fr")):
        clock.set(datetime(year, 1, 1, tzinfo=UTC))
        with override(language), transaction.atomic():
            _compiler, statement, values = type(question)(question._build, **question._kinds)._made
        told = [one.name if isinstance(one, prepared._Open) else one for one in values]
        found.append([statement, *told])
    return found


def _questions() -> list[prepared._Built[Any]]:
    """Return every question that a module of the product keeps, by itself or in a mapping."""
    assert get_resolver().url_patterns, "every module that visitors and workers use is loaded"
    modules = [one for name, one in sys.modules.items() if name.startswith(("donations", "events"))]
    kept = [one for module in modules for one in vars(module).values()]
    kept += [one for mapping in kept if isinstance(mapping, dict) for one in mapping.values()]
    return list({id(one): one for one in kept if isinstance(one, prepared._Built)}.values())


def test_nothing_of_the_moment_is_kept_in_a_question(clock: Clock) -> None:
    questions = _questions()
    assert len(questions) > 12
    for question in questions:
        first, then = _at_two_moments(question, clock)
        assert first == then


def test_control_a_question_that_keeps_its_moment_is_seen(clock: Clock) -> None:
    def build() -> QuerySet[Campaign, tuple[int]]:
        return Campaign.objects.filter(closes_at__gt=product_clock.now()).values_list("pk")

    first, then = _at_two_moments(prepared.Question(build), clock)
    assert first != then


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
