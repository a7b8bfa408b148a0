"""A campaign's totals as JSON for any site, and its updates as an Atom feed."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.test import Client

from donations.models import Donation
from donations.services.updating import updates
from events.models import Campaign, Workshop
from fundraiser.core import clock
from tests.support.exports import paid
from tests.support.sandbox import SandboxControl

ATOM = "{http://www.w3.org/2005/Atom}"


def test_totals_are_sums_for_every_site_and_hold_nothing_hidden(
    client: Client, workshop: Workshop, sandbox: SandboxControl
) -> None:
    campaign = workshop.campaign
    address = f"/c/{campaign.slug}/totals.json"
    before = client.get(address)
    given = paid(workshop, sandbox, 2050, name="Dora Hidden")
    Donation.objects.filter(pk=given.pk).update(hide_name=True, message="Between us")

    answer = client.get(address)

    told: dict[str, Any] = answer.json()
    assert before.json()["raised"] == {"minor": 0, "currency": "USD"}
    assert told["raised"] == {"minor": 2050, "currency": "USD"}
    assert (told["donors"], told["goal_percent"], told["currency"]) == (1, 2, "USD")
    assert "Dora" not in answer.content.decode()
    assert "Between us" not in answer.content.decode()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"].startswith("application/json")
    assert client.get(address).headers["Content-Type"].startswith("application/json")
    same = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304
    assert client.get(address, headers={"If-None-Match": before.headers["ETag"]}).status_code == 200


def test_what_nobody_may_see_has_no_data(client: Client, campaign: Campaign) -> None:
    addresses = [f"/c/{campaign.slug}/{name}" for name in ("totals.json", "updates.atom")]
    assert [client.get(one).status_code for one in addresses] == [200, 200]
    Campaign.objects.update(suspended_at=clock.now())
    assert [client.get(one).status_code for one in addresses] == [410, 410]
    Campaign.objects.update(suspended_at=None, state="draft")
    assert [client.get(one).status_code for one in addresses] == [404, 404]


def test_updates_are_a_valid_feed(client: Client, campaign: Campaign) -> None:
    feed = f"/c/{campaign.slug}/updates.atom"
    empty = ET.fromstring(client.get(feed).content)
    assert empty.findtext(f"{ATOM}updated")
    caches["pages"].clear()
    words = {"title": "A well & \x0bmore", "body": "It is **deep** <script>alert()</script>."}
    draft = updates.draft(campaign=campaign, author=AnonymousUser(), translations={}, **words)
    hidden = {"title": "Not yet", "body": "Secret"}
    updates.draft(campaign=campaign, author=AnonymousUser(), translations={}, **hidden)
    updates.publish(draft)

    answer = client.get(feed)

    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    found = ET.fromstring(answer.content)
    (entry,) = found.findall(f"{ATOM}entry")
    # RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have.
    for part in (found, entry):
        for name in ("id", "title", "updated"):
            assert part.findtext(f"{ATOM}{name}")
    assert found.findtext(f"{ATOM}author/{ATOM}name") == "Alice"
    links = {one.get("rel"): one.get("href") for one in found.findall(f"{ATOM}link")}
    assert links["self"].endswith(feed)
    assert entry.findtext(f"{ATOM}title") == "A well & more"
    assert "<strong>deep</strong>" in (entry.findtext(f"{ATOM}summary") or "")
    assert "<script" not in (entry.findtext(f"{ATOM}summary") or "")
    assert "Secret" not in answer.content.decode()
    page = client.get(f"/c/{campaign.slug}/").content.decode()
    assert f'<link rel="alternate" type="application/atom+xml" href="{feed}"' in page
