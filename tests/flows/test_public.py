"""The public pages: fresh, cheap, in both languages."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from donations.models import CampaignTotal
from events.models import Campaign, Workshop
from fundraiser.core import clock
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story, address


def test_the_live_part_answers_304_until_money_moves(story: Story, workshop: Workshop) -> None:
    path = f"/c/{workshop.campaign.slug}/total/"
    first = story.client.get(path)
    etag = first["ETag"]
    assert first["Cache-Control"] == "no-cache"
    again = story.client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    french = {"If-None-Match": etag, "Accept-Language": "fr"}
    assert story.client.get(path, headers=french).status_code == 200

    story.give(workshop)
    moved = story.client.get(path, headers={"If-None-Match": etag})
    assert moved.status_code == 200
    assert "$20" in moved.content.decode()
    assert moved["ETag"] != etag


def test_a_page_in_the_cache_never_shows_an_old_total(story: Story, workshop: Workshop) -> None:
    path = f"/c/{workshop.campaign.slug}/"
    assert "Nobody has given yet" in story.client.get(path).content.decode()
    story.give(workshop, name="Dora")
    page = story.client.get(path).content.decode()
    assert "Nobody has given yet" not in page
    assert "Dora" in page


def test_visitors_who_share_a_page_have_nonces_of_their_own(
    story: Story, workshop: Workshop
) -> None:
    pages = [story.client.get(address(workshop)).content.decode() for _ in range(3)]
    nonces = {page.split('name="nonce" value="')[1][:36] for page in pages}
    assert len(nonces) == 3
    assert "00000000-0000-4000-8000-000000000000" not in nonces


def test_every_entry_can_be_had_as_csv(story: Story, workshop: Workshop) -> None:
    story.give(workshop, amount="other", other_amount="20.50")
    refunded = story.give(workshop, email="b@example.org")
    story.sandbox.refund(charge=refunded.charge_id)
    story.webhooks(refunded)
    answer = story.client.get(f"/c/{workshop.campaign.slug}/entries.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["what"], row["amount"]) for row in rows] == [
        ("gift", "20.50"),
        ("fee", "0.89"),
        ("gift", "20.00"),
        ("fee", "0.88"),
        ("refund", "20.00"),
    ]
    assert {row["currency"] for row in rows} == {"USD"}
    assert "Dora" not in text
    total = story.total(workshop.campaign)
    assert (total.raised.minor, total.donors) == (2050, 1)


def test_the_money_line_follows_refunds_and_disputes(story: Story, workshop: Workshop) -> None:
    path = f"/c/{workshop.campaign.slug}/"
    story.give(workshop)
    lost = story.give(workshop, email="b@example.org", amount="5000")
    dispute = story.sandbox.dispute(lost.charge_id)
    story.webhooks(lost)
    page = story.page(path)
    assert "Disputed at the bank" in page
    assert "− $50.00" in page
    assert story.total(workshop.campaign).raised.minor == 2000

    story.sandbox.dispute_close(dispute["id"], status="won")
    story.webhooks(lost)
    assert story.total(workshop.campaign).raised.minor == 7000
    assert "Disputed at the bank" not in story.page(path)


def test_the_language_can_be_switched_without_a_cookie_before(
    client: Client, workshop: Workshop
) -> None:
    path = f"/c/{workshop.campaign.slug}/"
    assert '<html lang="en">' in client.get(path).content.decode()
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/i18n/setlang/", {"language": "fr", "next": path})
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert '<html lang="fr">' in strict.get(path).content.decode()
    away = strict.post("/i18n/setlang/", {"language": "fr", "next": "https://evil.example/"})
    assert away["Location"] == "/"


def test_health_is_told(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


def test_public_pages_set_no_cookie_and_a_strict_policy(client: Client, workshop: Workshop) -> None:
    for path in ("/", f"/c/{workshop.campaign.slug}/", address(workshop)):
        answer = client.get(path)
        assert not answer.cookies
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"


def test_the_campaigns_colour_is_a_style_sheet_of_one_rule(
    client: Client, campaign: Campaign
) -> None:
    answer = client.get(f"/accent/{campaign.accent}.css")
    assert answer.content.decode() == f":root{{--accent:#{campaign.accent}}}\n"
    assert "immutable" in answer["Cache-Control"]
    assert client.get("/accent/123456.css").status_code == 404


def _queries(client: Client, path: str) -> int:
    caches["pages"].clear()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def _fill(campaign: Campaign, story: Story) -> None:
    workshop = make_workshop(campaign)
    story.give(workshop)
    story.give(campaign, email="gift@example.org")


@pytest.mark.parametrize("path", ["/", "/c/one/", "/c/one/total/", "/organize/"])
def test_lists_of_three_cost_as_many_queries_as_lists_of_one(
    story: Story, admin_client: Client, path: str
) -> None:
    client = admin_client if path == "/organize/" else story.client
    first = make_campaign(slug="one")
    _fill(first, story)
    one = _queries(client, path)
    for _ in range(2):
        _fill(first, story)
        _fill(make_campaign(), story)
    assert CampaignTotal.objects.count() == 3
    assert _queries(client, path) == one


def test_the_days_that_are_left_are_told(story: Story) -> None:
    campaign = make_campaign(closes_at=clock.now() + timedelta(days=3, hours=1))
    assert "3 days" in story.page(f"/c/{campaign.slug}/")
    assert "3 jours" in story.page(f"/c/{campaign.slug}/", language="fr")
