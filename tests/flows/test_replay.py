"""Replays: for those who had a seat, and for newcomers who give into the same total."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from donations.models import Donation
from donations.services import totals, watching
from donations.services.links import gift_link
from events.models import Campaign, Workshop
from events.services import access
from events.services.seating import seats
from events.states import BookingState, WorkshopState
from fundraiser.core import clock as product_clock
from tests.support.cast import give_form, make_campaign, make_workshop
from tests.support.rooms import seated
from tests.support.story import Story, body

pytestmark = pytest.mark.django_db

REPLAY = "https://videos.example.org/the-recording"


@pytest.fixture
def past(campaign: Campaign) -> Workshop:
    """A workshop of yesterday with a recording that newcomers may give for."""
    return make_workshop(
        campaign,
        starts_at=product_clock.now() - timedelta(days=1),
        replay_url=REPLAY,
        replay_for_gifts=True,
    )


def _seat(workshop: Workshop) -> str:
    """Return the path of the replay for a person who had a seat."""
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=workshop.starts_at + timedelta(days=9))
    workshop.refresh_from_db()
    dora = seated(workshop)
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=workshop.starts_at - timedelta(days=9))
    return f"/r/{access.registration_link(dora, access.REGISTRATION_LINK)}/"


def test_who_had_a_seat_watches_by_a_click_and_the_address_is_in_no_page(past: Workshop) -> None:
    path = _seat(past)
    page = Client().get(path)
    assert "Watch the replay" in page.content.decode()
    assert "videos.example.org" not in page.content.decode() + str(page.headers)
    answer = Client().post(path)
    assert (answer.status_code, answer["Location"]) == (303, REPLAY)
    assert answer["Referrer-Policy"] == "no-referrer"


def test_the_link_into_the_room_leads_to_the_replay_afterwards(past: Workshop) -> None:
    _seat(past)
    dora = past.bookings.get().registrations.get()
    page = Client().get(f"/j/{access.registration_link(dora)}/").content.decode()
    link = access.registration_link(dora, access.REGISTRATION_LINK)
    assert f'href="/r/{link}/"' in page


@pytest.mark.parametrize("change", ["not over", "no recording", "cancelled", "seat given back"])
def test_it_is_checked_at_the_click(past: Workshop, change: str) -> None:
    path = _seat(past)
    rows = Workshop.objects.filter(pk=past.pk)
    if change == "not over":
        rows.update(starts_at=product_clock.now() - timedelta(minutes=30))
    elif change == "no recording":
        rows.update(replay_url="")
    elif change == "cancelled":
        rows.update(state=WorkshopState.CANCELLED)
    else:
        seats.release(past.bookings.get(), BookingState.CANCELLED)
    assert "There is no replay here yet" in Client().get(path).content.decode()
    assert Client().post(path)["Location"] == path


# --- give to watch ----------------------------------------------------------------------------


def _watch(workshop: Workshop) -> str:
    return f"/c/{workshop.campaign.slug}/{workshop.slug}/watch/"


def _give(story: Story, workshop: Workshop) -> Donation:
    answer = story.client.post(_watch(workshop), give_form(email="zoe@example.org"))
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return Donation.objects.get(session_url=answer["Location"])


def test_a_newcomer_gives_into_the_same_total_and_watches(story: Story, past: Workshop) -> None:
    shown = story.page(f"/c/{past.campaign.slug}/{past.slug}/")
    assert f'href="{_watch(past)}"' in shown
    assert "watch “How to open a web shop”" in story.page(_watch(past))

    donation = _give(story, past)
    own = f"/g/{gift_link(donation)}/"
    assert story.client.post(f"{own}replay/")["Location"] == own
    assert "Watch the replay" not in story.page(own)

    story.pay(donation)
    assert (donation.workshop_id, donation.booking_id) == (past.pk, None)
    assert totals.of_campaign(past.campaign).raised.minor == 2000
    past.refresh_from_db()
    assert past.seats_taken == 0
    assert f'href="{own}replay/"' in story.page(own)
    assert f'href="{own}replay/"' in story.returned(donation)
    page = story.page(f"{own}replay/")
    assert "videos.example.org" not in page
    answer = story.client.post(f"{own}replay/")
    assert (answer.status_code, answer["Location"]) == (303, REPLAY)


def test_the_pages_and_mails_of_such_a_gift_speak_of_no_seat(story: Story, past: Workshop) -> None:
    donation = _give(story, past)
    story.sandbox.expire(donation.session_id)
    story.webhooks(donation)
    assert "seat" not in story.returned(donation)
    paid = story.pay(_give(story, past))
    assert "Your gift stays with" not in story.returned(paid)
    (mail,) = story.mails()
    assert "has arrived" in mail.as_string()


def test_who_tries_again_after_a_failed_debit_gives_for_the_replay(story: Story) -> None:
    past = make_workshop(
        make_campaign(currency="EUR"),
        starts_at=product_clock.now() - timedelta(days=1),
        replay_url=REPLAY,
        replay_for_gifts=True,
    )
    donation = story.pay(_give(story, past), method="sepa_debit")
    story.mails()
    story.sandbox.settle_debit(donation.session_id, succeeded=False)
    story.webhooks(donation)
    (mail,) = story.mails()
    for kind in ("plain", "html"):
        assert _watch(past) in body(mail, kind)
    assert f'href="{_watch(past)}"' in story.returned(donation)


def test_a_gift_that_went_back_watches_no_more(story: Story, past: Workshop) -> None:
    donation = story.pay(_give(story, past))
    assert watching.may_watch(donation)
    story.sandbox.refund(charge=donation.charge_id)
    story.webhooks(donation)
    path = f"/g/{gift_link(donation)}/"
    assert story.client.post(f"{path}replay/")["Location"] == path


def test_a_gift_to_the_campaign_alone_or_to_another_workshop_opens_nothing(
    story: Story, past: Workshop, campaign: Campaign
) -> None:
    plain = story.give(campaign, email="a@example.org")
    assert story.client.post(f"/g/{gift_link(plain)}/replay/").status_code == 404
    other = make_workshop(campaign, starts_at=past.starts_at, replay_for_gifts=True)
    Donation.objects.filter(pk=plain.pk).update(workshop=other)
    path = f"/g/{gift_link(plain)}/"
    assert story.client.post(f"{path}replay/")["Location"] == path


@pytest.mark.parametrize("values", [{"replay_for_gifts": False}, {"replay_url": ""}])
def test_what_the_organizer_does_not_want_is_not_offered(
    story: Story, past: Workshop, values: dict[str, object]
) -> None:
    Workshop.objects.filter(pk=past.pk).update(**values)
    page = f"/c/{past.campaign.slug}/{past.slug}/"
    assert "watch/" not in story.page(page)
    assert story.client.get(_watch(past))["Location"] == page
    assert story.client.post(_watch(past), give_form())["Location"] == page
    assert not Donation.objects.exists()


def test_errors_of_the_form_keep_what_was_typed(story: Story, past: Workshop) -> None:
    answer = story.client.post(_watch(past), give_form(email="nobody", name="Zoë"))
    assert answer.status_code == 422
    assert 'value="Zoë"' in answer.content.decode()


def test_control_without_the_check_an_unpaid_gift_would_watch(
    story: Story, past: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "may_watch", lambda donation: True)
    donation = _give(story, past)
    assert story.client.post(f"/g/{gift_link(donation)}/replay/")["Location"] == REPLAY
