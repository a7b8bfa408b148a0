"""Promise 46. A million donations: campaign page p95 within 10 % of a thousand donations; query
count constant.

The time is measured by ``python -m bench gifts --full`` (docs/performance.md); here is what it
rests on: the page asks as much, and has as many rows, of 1,000 gifts as of 50; and the one question
that reads every gift, the chart's, is not asked for each new gift where there are many.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import data
from donations.models import CampaignTotal, Donation
from donations.services import charts, pages
from events.models import Campaign

FEW, MANY = 50, 1_000


@pytest.fixture
def grown(db: None) -> tuple[Campaign, Campaign]:
    """A campaign with few gifts and one with many."""
    few, many = data.campaign(), data.campaign()
    data.give(few, FEW)
    data.give(many, MANY)
    return few, many


def _asked(campaign: Campaign) -> tuple[int, int]:
    """Return how many queries the page makes, and how many bytes it has."""
    for one in ("default", "pages"):
        caches[one].clear()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = Client().get(data.path(campaign))
    assert answer.status_code == 200
    return len(queries), len(answer.content)


def test_a_page_of_many_gifts_asks_no_more_than_one_of_few(
    grown: tuple[Campaign, Campaign],
) -> None:
    (few, short), (many, long) = (_asked(one) for one in grown)
    assert many == few
    assert abs(long - short) < 500, "the same number of gifts is shown"


def _read_whole(campaign: Campaign) -> int:
    """Return how many queries of a page add up every gift, after one more was given."""
    CampaignTotal.objects.filter(campaign=campaign).update(version=F("version") + 1)
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(data.path(campaign)).status_code == 200
    return sum("SUM(" in one["sql"] for one in queries)


def test_many_gifts_are_not_added_up_for_each_new_one(
    grown: tuple[Campaign, Campaign], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "MANY", MANY - 1)
    few, many = grown
    assert [_read_whole(few), _read_whole(few)] == [1, 1], "its chart is never old"
    assert [_read_whole(many), _read_whole(many)] == [1, 0]


def test_control_below_that_number_they_are(grown: tuple[Campaign, Campaign]) -> None:
    assert [_read_whole(grown[1]), _read_whole(grown[1])] == [1, 1]


def test_control_a_page_that_asks_for_each_gift_is_seen(
    grown: tuple[Campaign, Campaign], monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[[str], tuple[int, int, str]] = pages.campaign_version

    def one_by_one(slug: str) -> tuple[int, int, str]:
        for number in Donation.objects.filter(campaign__slug=slug).values_list("pk", flat=True):
            Donation.objects.get(pk=number)
        return real(slug)

    monkeypatch.setattr(pages, "campaign_version", one_by_one)
    few, many = (_asked(one)[0] for one in grown)
    assert many - few == MANY - FEW
