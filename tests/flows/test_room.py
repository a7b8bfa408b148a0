"""The way into the room: checked at the click, never early, and its address in one place only."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from events.models import Campaign, Host, Registration, Workshop
from events.services import access
from events.services.room import rooms
from events.services.seating import seats
from events.states import AttendanceSource, BookingState, RoomKind, WorkshopState
from tests.support.cast import make_workshop
from tests.support.clock import Clock
from tests.support.rooms import ROOM, BigBlueButton, Browser, seated, way_in
from tests.support.story import Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(campaign: Campaign) -> Workshop:
    """A workshop with a room."""
    return make_workshop(campaign, join_url=ROOM)


def test_the_room_opens_15_minutes_before_the_start_and_not_a_second_earlier(
    shop: Workshop, clock: Clock
) -> None:
    dora, browser = seated(shop), Browser()
    path = way_in(dora)

    clock.set(shop.starts_at - timedelta(minutes=15, seconds=1))
    early = browser.look(path)
    assert "The room opens in" in early.content.decode()
    assert browser.enter(path)["Location"] == path
    dora.refresh_from_db()
    assert (dora.attended, dora.joined_at) == (None, None)

    clock.advance(seconds=1)
    assert "Join now" in browser.look(path).content.decode()
    answer = browser.enter(path)
    assert (answer.status_code, answer["Location"]) == (303, ROOM)
    assert answer["Referrer-Policy"] == "no-referrer"
    dora.refresh_from_db()
    assert (dora.attended, dora.attendance_source) == (True, AttendanceSource.CLICK)
    assert dora.joined_at == clock.now()


def test_the_first_click_counts_and_later_ones_change_nothing(shop: Workshop, clock: Clock) -> None:
    dora, browser = seated(shop), Browser()
    clock.set(shop.starts_at)
    browser.enter(way_in(dora))
    first = clock.now()
    clock.advance(minutes=20)
    assert browser.enter(way_in(dora)).status_code == 303
    dora.refresh_from_db()
    assert dora.joined_at == first


def test_the_click_leads_to_the_room_as_it_is_now(shop: Workshop, clock: Clock) -> None:
    dora, browser = seated(shop), Browser()
    clock.set(shop.starts_at)
    assert browser.enter(way_in(dora))["Location"] == ROOM
    Workshop.objects.filter(pk=shop.pk).update(join_url="https://other.example.org/x")
    assert browser.enter(way_in(dora))["Location"] == "https://other.example.org/x"


def test_a_cancelled_booking_a_cancelled_workshop_and_the_end_let_nobody_in(
    shop: Workshop, clock: Clock
) -> None:
    dora, browser = seated(shop), Browser()
    path = way_in(dora)
    clock.set(shop.ends_at + timedelta(minutes=59))
    assert browser.enter(path).status_code == 303

    clock.advance(minutes=1)
    assert browser.enter(path)["Location"] == path
    assert "The workshop is over" in browser.look(path).content.decode()

    clock.set(shop.starts_at)
    seats.release(dora.booking, BookingState.CANCELLED)
    assert browser.enter(path)["Location"] == path
    assert "no confirmed seat" in browser.look(path).content.decode()

    emil = seated(shop, name="Emil")
    Workshop.objects.filter(pk=shop.pk).update(
        state=WorkshopState.CANCELLED, cancel_note="The host is ill."
    )
    assert browser.enter(way_in(emil))["Location"] == way_in(emil)
    assert "The host is ill." in browser.look(way_in(emil)).content.decode()


def test_without_a_room_the_page_waits_and_says_so_and_goes_on_once_there_is_one(
    campaign: Campaign, clock: Clock
) -> None:
    shop = make_workshop(campaign)
    dora, browser = seated(shop), Browser()
    clock.set(shop.starts_at)
    path = way_in(dora)
    assert "the room is not ready yet" in browser.look(path).content.decode()
    assert browser.look(f"{path}status/").json()["ready"] is False
    assert browser.enter(path)["Location"] == path
    dora.refresh_from_db()
    assert dora.attended is None

    Workshop.objects.filter(pk=shop.pk).update(join_url=ROOM)
    told = browser.look(f"{path}status/").json()
    assert told == {"stage": "open", "ready": True, "elsewhere": False, "seconds": 0}
    assert browser.enter(path)["Location"] == ROOM


def test_the_status_follows_a_workshop_that_is_moved(shop: Workshop, clock: Clock) -> None:
    dora, browser = seated(shop), Browser()
    clock.set(shop.starts_at - timedelta(minutes=20))
    told = browser.look(f"{way_in(dora)}status/").json()
    assert (told["stage"], told["seconds"]) == ("early", 300)
    Workshop.objects.filter(pk=shop.pk).update(starts_at=shop.starts_at + timedelta(hours=1))
    assert browser.look(f"{way_in(dora)}status/").json()["seconds"] == 3900


def _everything(story: Story, dora: Registration) -> str:
    """Return all that a person with a seat can open, be mailed or download before the click."""
    shop = dora.booking.workshop
    own = f"/b/{access.booking_link(dora.booking)}/"
    paths = [way_in(dora), own, f"{own}calendar.ics", f"/c/{shop.campaign.slug}/{shop.slug}/"]
    answers = [story.client.get(path) for path in paths]
    seen = [f"{answer.headers}{answer.content.decode()}" for answer in answers]
    for mail in story.mails():
        seen.append(str(mail.items()))
        payloads = [part.get_payload(decode=True) for part in mail.walk()]
        seen += [one.decode(errors="replace") for one in payloads if isinstance(one, bytes)]
    return "\n".join(seen)


def test_the_rooms_address_is_in_no_mail_page_header_or_calendar_file(
    story: Story, campaign: Campaign, clock: Clock
) -> None:
    shop = make_workshop(campaign, join_url=ROOM)
    donation = story.give(shop, email="dora@example.org")
    assert donation.booking is not None
    dora = donation.booking.registrations.get()
    for moment in (clock.now(), shop.starts_at, shop.ends_at):
        clock.set(moment)
        seen = _everything(story, dora)
        assert "BEGIN:VCALENDAR" in seen
        assert "the-room" not in seen
    clock.set(shop.starts_at)
    assert Browser().enter(way_in(dora))["Location"] == ROOM


def test_control_an_address_in_the_description_is_seen(
    story: Story, campaign: Campaign, clock: Clock
) -> None:
    shop = make_workshop(campaign, join_url=ROOM, summary=f"Join at {ROOM}")
    donation = story.give(shop, email="dora@example.org")
    assert donation.booking is not None
    assert "the-room" in _everything(story, donation.booking.registrations.get())


def test_the_page_lets_its_form_lead_to_any_https_address_and_to_nothing_else(
    shop: Workshop, clock: Clock
) -> None:
    dora = seated(shop)
    policy = Browser().look(way_in(dora))["Content-Security-Policy"]
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip())
    assert rules["form-action"] == "'self' https:"
    assert rules["script-src"] == "'self'"
    other = Client().get(f"/c/{shop.campaign.slug}/")["Content-Security-Policy"]
    assert "form-action 'self' https:;" not in other + ";"


# --- rooms that are made by themselves --------------------------------------------------------


def test_a_jitsi_room_has_a_name_that_nobody_can_guess_and_can_be_given_another(
    campaign: Campaign, clock: Clock, settings: Settings
) -> None:
    settings.JITSI_URL = "https://jitsi.example.org"
    shop, other = (make_workshop(campaign, room_kind=RoomKind.JITSI) for _ in range(2))
    clock.set(shop.starts_at)
    address = Browser().enter(way_in(seated(shop)))["Location"]
    assert address == f"https://jitsi.example.org/{shop.room_secret.hex}"
    assert len(shop.room_secret.hex) == 32
    assert shop.room_secret != other.room_secret
    rooms.rename(shop)
    renamed = Browser().enter(way_in(seated(shop, name="Emil")))["Location"]
    assert renamed != address


def test_a_bigbluebutton_meeting_is_created_and_joined_by_name(
    campaign: Campaign, clock: Clock, bigbluebutton: BigBlueButton
) -> None:
    shop = make_workshop(campaign, room_kind=RoomKind.BIGBLUEBUTTON, title="Boutiques & Co: l’art")
    dora = seated(shop, name="Dora Müller & Söhne")
    clock.set(shop.starts_at)
    address = urlsplit(Browser().enter(way_in(dora))["Location"])
    ((call, made),) = bigbluebutton.calls
    assert (call, made["meetingID"]) == ("create", shop.room_secret.hex)
    assert made["name"] == "Boutiques & Co: l’art"
    assert f"{address.scheme}://{address.netloc}" in bigbluebutton.url
    assert bigbluebutton.is_signed("join", address.query)
    asked = {key: one[0] for key, one in parse_qs(address.query).items()}
    assert asked["fullName"] == "Dora Müller & Söhne"
    assert (asked["role"], asked["meetingID"]) == ("VIEWER", shop.room_secret.hex)
    dora.refresh_from_db()
    assert dora.attended is True


def test_control_the_stand_in_refuses_another_secret_and_nobody_is_let_in(
    campaign: Campaign, clock: Clock, bigbluebutton: BigBlueButton, settings: Settings
) -> None:
    settings.BIGBLUEBUTTON_SECRET = "not the secret"
    shop = make_workshop(campaign, room_kind=RoomKind.BIGBLUEBUTTON)
    dora = seated(shop)
    clock.set(shop.starts_at)
    answer = Browser().enter(way_in(dora))
    assert (answer.status_code, bigbluebutton.refused) == (503, 1)
    assert "not ready yet" in answer.content.decode()
    dora.refresh_from_db()
    assert (dora.attended, dora.joined_at) == (None, None)


def test_a_silent_bigbluebutton_is_a_page_that_waits(
    campaign: Campaign, clock: Clock, bigbluebutton: BigBlueButton
) -> None:
    shop = make_workshop(campaign, room_kind=RoomKind.BIGBLUEBUTTON)
    dora, browser = seated(shop), Browser()
    clock.set(shop.starts_at)
    bigbluebutton.silent = True
    assert browser.enter(way_in(dora)).status_code == 503
    bigbluebutton.silent = False
    assert browser.enter(way_in(dora)).status_code == 303


# --- hosts -------------------------------------------------------------------------------------


def _host(shop: Workshop) -> Host:
    return Host.objects.create(workshop=shop, name="Ann", email="ann@example.org")


def test_a_host_enters_at_any_time_and_sees_who_has_come(shop: Workshop, clock: Clock) -> None:
    path = f"/h/{access.host_link(_host(shop))}/"
    dora = seated(shop)
    seated(shop, name="Emil")
    assert Browser().enter(path)["Location"] == ROOM

    clock.set(shop.starts_at)
    Browser().enter(way_in(dora))
    page = " ".join(Browser().look(path).content.decode().split())
    assert '<dt class="soft">In the room</dt><dd class="figure middle">1</dd>' in page
    assert '<dt class="soft">Still to come</dt><dd class="figure middle">1</dd>' in page
    assert ROOM not in page


def test_a_host_is_moderator_of_a_bigbluebutton_meeting(
    campaign: Campaign, bigbluebutton: BigBlueButton
) -> None:
    shop = make_workshop(campaign, room_kind=RoomKind.BIGBLUEBUTTON)
    answer = Browser().enter(f"/h/{access.host_link(_host(shop))}/")
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert (query["role"], query["fullName"]) == (["MODERATOR"], ["Ann"])


def test_a_host_without_a_room_is_told_and_a_revoked_link_is_dead(campaign: Campaign) -> None:
    shop = make_workshop(campaign)
    host = _host(shop)
    path = f"/h/{access.host_link(host)}/"
    assert "There is no room yet" in Browser().look(path).content.decode()
    assert Browser().enter(path).status_code == 503
    Host.objects.filter(pk=host.pk).update(link_version=2)
    assert Browser().look(path).status_code == 404
    assert Browser().enter(path).status_code == 404


def test_links_of_one_purpose_do_not_open_another(shop: Workshop) -> None:
    dora = seated(shop)
    join = access.registration_link(dora)
    replay = access.registration_link(dora, access.REGISTRATION_LINK)
    for path in (f"/j/{replay}/", f"/h/{join}/", f"/r/{join}/", f"/stage/{join}/"):
        assert Browser().look(path).status_code == 404
