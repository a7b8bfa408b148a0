"""The meter and the forms on other sites, and the links and codes that are shared."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.test import Client

from donations.views import shared
from events.models import Campaign, Workshop
from events.states import CampaignState
from tests.support.cast import make_campaign, make_workshop
from tests.support.claims import decide, external_campaign, show
from tests.support.story import Story, address

pytestmark = pytest.mark.django_db


def _paths(workshop: Workshop) -> list[str]:
    base = f"/embed/c/{workshop.campaign.slug}"
    return [f"{base}/meter/", f"{base}/give/", f"{base}/{workshop.slug}/form/"]


def test_any_site_may_frame_them_and_they_set_no_cookie(workshop: Workshop) -> None:
    for path in _paths(workshop):
        answer = Client().get(path)
        policy = answer["Content-Security-Policy"]
        assert answer.status_code == 200
        assert "frame-ancestors *" in policy
        assert "script-src 'self'" in policy
        assert "X-Frame-Options" not in answer
        assert not answer.cookies
        assert "csrfmiddlewaretoken" not in answer.content.decode()
    # Control: no other page may be framed.
    answer = Client().get(address(workshop))
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_the_form_of_a_frame_is_the_ordinary_one_and_leads_to_stripe_in_the_whole_window(
    story: Story, workshop: Workshop
) -> None:
    page = story.client.get(f"{_paths(workshop)[2]}?amount=50").content.decode()
    form = re.search(r"<form[^>]*>", page)
    assert form is not None
    assert f'action="{address(workshop)}#give"' in form[0]
    assert 'target="_top"' in form[0]
    assert 'value="50"' in page
    links = re.findall(r"<a [^>]*>", page)
    assert links
    assert all('target="_top"' in link for link in links)
    assert story.give(workshop).state == "paid"
    assert "$20" in story.client.get(_paths(workshop)[0]).content.decode()


def test_the_meter_is_asked_for_again_and_answers_304_until_something_moved(
    story: Story, workshop: Workshop
) -> None:
    path = f"{_paths(workshop)[0]}?language=en"
    first = Client().get(path)
    etag = {"If-None-Match": first["ETag"]}
    again = Client().get(path, headers=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert "frame-ancestors *" in again["Content-Security-Policy"]
    assert again["Cache-Control"] == "no-cache"
    assert not first.cookies
    assert "connect-src 'self'" in first["Content-Security-Policy"]
    # Control: another language, and a gift, are another answer.
    assert Client().get(path.replace("en", "fr"), headers=etag).status_code == 200
    story.give(workshop)
    moved = Client().get(path, headers=etag)
    assert 'data-raised="2000"' in moved.content.decode()


def test_frames_of_an_external_campaign_lead_the_external_way(
    story: Story, organizer: Client, campaign: Campaign
) -> None:
    campaign = external_campaign(team=campaign.team)
    shop = make_workshop(campaign)
    meter, give, form = (Client().get(path).content.decode() for path in _paths(shop))
    assert f'href="/c/{campaign.slug}/give/"' in meter
    for page, action in (
        (give, f"/c/{campaign.slug}/shown-gift/"),
        (form, f"/c/{campaign.slug}/{shop.slug}/shown-gift/"),
    ):
        sent = re.search(r"<form[^>]*>", page)
        assert sent is not None
        assert f'action="{action}#give"' in sent[0]
        assert 'target="_top"' in sent[0]
        assert 'enctype="multipart/form-data"' in sent[0]
        assert 'href="https://www.charitywater.example/give"' in page
        assert 'name="receipt"' in page
        assert str(shared.NONCE) not in page
    # What is sent from there is taken, though the frame had no cookie; it counts once accepted.
    claim = show(story, shop)
    assert decide(organizer, claim, "accept").status_code == 302
    caches["pages"].clear()
    assert "$20" in Client().get(_paths(shop)[0]).content.decode()
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.CLOSED)
    assert "<form" not in "".join(Client().get(path).content.decode() for path in _paths(shop))


def test_each_visitor_of_a_frame_has_a_nonce_of_its_own(workshop: Workshop) -> None:
    path = f"{_paths(workshop)[2]}?language=en"
    pages = [Client().get(path).content.decode() for _ in range(2)]
    nonces = {page.split('name="nonce" value="')[1][:36] for page in pages}
    assert len(nonces) == 2


def test_a_frame_speaks_the_language_of_its_address(workshop: Workshop) -> None:
    path = _paths(workshop)[1]
    for _ in range(2):
        french = Client().get(f"{path}?language=fr", headers={"Accept-Language": "en"})
        assert french["Content-Language"] == "fr"
        assert '<html lang="fr">' in french.content.decode()
        other = Client().get(f"{path}?language=xx", headers={"Accept-Language": "en"})
        assert '<html lang="en">' in other.content.decode()


def test_what_takes_nothing_says_so(workshop: Workshop) -> None:
    Campaign.objects.filter(pk=workshop.campaign_id).update(state=CampaignState.CLOSED)
    meter, give, form = (Client().get(path).content.decode() for path in _paths(workshop))
    assert "<form" not in give + form
    assert "This campaign is closed" in give
    assert "/give/" not in meter


def test_frames_are_cheap(workshop: Workshop, django_assert_max_num_queries: Any) -> None:
    for path in _paths(workshop):
        with django_assert_max_num_queries(5):
            Client().get(f"{path}?anew=1")
        with django_assert_max_num_queries(5):
            Client().get(f"{path}?language=fr")
        with django_assert_max_num_queries(3):
            Client().get(f"{path}?language=fr")


# --- the page to share from --------------------------------------------------------------------


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def test_links_carry_the_amount_and_codes_are_svg(organizer: Client, workshop: Workshop) -> None:
    base = f"/organize/campaigns/{workshop.campaign.public_id}/share/"
    page = organizer.get(base, {"amount": "12.50"}).content.decode()
    assert f"{address(workshop)}?amount=12.5<" in page
    assert f"/c/{workshop.campaign.slug}/give/?amount=12.5<" in page
    assert "&lt;iframe src=" in page
    for place in ("campaign", "give", str(workshop.public_id)):
        answer = organizer.get(f"{base}{place}.svg?amount=12.5")
        assert answer["Content-Type"] == "image/svg+xml"
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"<svg" in answer.content
    assert organizer.get(f"{base}nowhere.svg").status_code == 404


def test_an_amount_that_is_none_is_refused(organizer: Client, workshop: Workshop) -> None:
    base = f"/organize/campaigns/{workshop.campaign.public_id}/share/"
    for wrong in ("x", "-5", "0", '"><script>'):
        answer = organizer.get(base, {"amount": wrong})
        assert answer.status_code == 422
        assert 'id="id_amount_error"' in answer.content.decode()
        assert "<script>" not in answer.content.decode()


def test_a_title_cannot_break_out_of_the_code(organizer: Client, campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(title='"><script>alert(1)</script>')
    page = organizer.get(f"/organize/campaigns/{campaign.public_id}/share/").content.decode()
    assert "<script>alert" not in page
    assert "title=&quot;scriptalert1script&quot;" in page


def test_viewers_share_and_strangers_do_not(workshop: Workshop, bob: User, charlie: User) -> None:
    make_workshop(make_campaign())
    for person, status in ((bob, 200), (charlie, 404)):
        client = Client()
        client.force_login(person)
        for more in ("", "give.svg"):
            path = f"/organize/campaigns/{workshop.campaign.public_id}/share/{more}"
            assert client.get(path).status_code == status
