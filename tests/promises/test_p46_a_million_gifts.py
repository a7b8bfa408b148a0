"""Promise 46. A million donations: campaign page p95 within 10 % of a thousand donations; query
count constant.

The time is measured by ``python -m bench gifts --full`` (docs/performance.md); here is what it
rests on: the page asks as much, and reads as many rows, of 1,000 gifts as of 50.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import data
from donations.models import Donation
from donations.services import pages
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
