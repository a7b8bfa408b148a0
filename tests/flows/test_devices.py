"""One link at two places: noticed, a fresh one mailed, and nobody who paid is locked out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from events.models import Campaign, DeliveryProblem, Device, Message, Registration, Workshop
from events.services import access
from events.services.room import devices
from events.services.seating import seat_changes
from events.states import MessageState, ProblemKind
from fundraiser.core.http import client_hash
from tests.support.cast import make_workshop
from tests.support.clock import Clock
from tests.support.rooms import HOME, MOBILE, OFFICE, ROOM, Browser, seated, way_in
from tests.support.story import Story, body

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(campaign: Campaign, clock: Clock) -> Workshop:
    """A workshop whose room is open."""
    shop = make_workshop(campaign, join_url=ROOM)
    clock.set(shop.starts_at - timedelta(minutes=10))
    return shop


@pytest.fixture
def dora(shop: Workshop) -> Registration:
    return seated(shop)


def fresh_mails(registration: Registration) -> list[str]:
    rows = Message.objects.filter(kind="fresh_link", registration=registration).order_by("pk")
    return list(rows.values_list("key", flat=True))


def sent(registration: Registration) -> None:
    """Let the mails with the fresh links leave."""
    for row in Message.objects.filter(kind="fresh_link", registration=registration):
        Message.objects.filter(pk=row.pk).update(state=MessageState.SENT, sent_at=row.due_at)


def came_in(answer: Any) -> bool:
    return (answer.status_code, answer.headers.get("Location")) == (303, ROOM)


def told_elsewhere(answer: Any) -> bool:
    return answer.status_code == 409 and "d…@example.org" in answer.content.decode()


def test_a_second_place_is_told_and_the_owner_mailed_a_fresh_link(dora: Registration) -> None:
    path, first, second = way_in(dora), Browser(HOME), Browser(OFFICE)
    assert came_in(first.enter(path))

    answer = second.enter(path)

    assert told_elsewhere(answer)
    assert "dora@" not in answer.content.decode()
    dora.refresh_from_db()
    assert dora.link_version == 2
    assert fresh_mails(dora) == [f"fresh_link:{dora.pk}:2"]
    assert Message.objects.get(kind="fresh_link").booking_id == dora.booking_id


def test_the_first_place_stays_in_and_the_fresh_link_lets_the_second_in(dora: Registration) -> None:
    path, first, second = way_in(dora), Browser(HOME), Browser(OFFICE)
    first.enter(path)
    second.enter(path)
    sent(dora)

    assert came_in(first.enter(path))
    assert first.look(path).status_code == 200
    assert told_elsewhere(second.look(path))
    assert told_elsewhere(second.enter(path))
    assert came_in(second.enter(way_in(dora)))
    assert came_in(first.enter(path))
    assert fresh_mails(dora) == [f"fresh_link:{dora.pk}:2"]


def test_from_laptop_to_phone_by_the_fresh_mail_and_back_again(dora: Registration) -> None:
    """What a person does who moves: one mail, and from then on both devices come in."""
    laptop, phone = Browser(HOME), Browser(MOBILE)
    old = way_in(dora)
    assert came_in(laptop.enter(old))
    assert told_elsewhere(phone.enter(old))
    fresh = way_in(dora)
    assert came_in(phone.enter(fresh))
    assert came_in(laptop.enter(old))
    assert came_in(laptop.enter(fresh))
    assert came_in(phone.enter(fresh))
    assert len(fresh_mails(dora)) == 1


def test_the_fresh_link_given_away_is_noticed_as_well(dora: Registration) -> None:
    laptop, phone, friend = Browser(HOME), Browser(MOBILE), Browser(OFFICE)
    laptop.enter(way_in(dora))
    phone.enter(way_in(dora))
    assert came_in(phone.enter(way_in(dora)))
    assert told_elsewhere(friend.enter(way_in(dora)))
    assert len(fresh_mails(dora)) == 2


def test_an_office_behind_one_address_is_one_place(dora: Registration) -> None:
    path = way_in(dora)
    assert all(came_in(Browser(OFFICE).enter(path)) for _ in range(5))
    assert fresh_mails(dora) == []


def test_a_device_whose_network_changes_is_no_second_place(dora: Registration) -> None:
    path, phone = way_in(dora), Browser(HOME)
    for network in (HOME, MOBILE, OFFICE, "192.0.2.1"):
        phone.network = network
        assert came_in(phone.enter(path))
    assert fresh_mails(dora) == []
    assert Device.objects.filter(registration=dora).count() == 1


def test_a_household_with_ipv6_is_one_place_and_the_next_house_is_not() -> None:
    def network(address: str) -> str:
        return client_hash(RequestFactory().get("/", REMOTE_ADDR=address))

    assert network("2001:db8:1:2::5") == network("2001:db8:1:2:aaaa:bbbb:cccc:dddd")
    assert network("2001:db8:1:2::5") != network("2001:db8:1:3::5")
    assert network("203.0.113.7") != network("203.0.113.8")


def test_looking_and_polling_are_no_use_and_change_nothing(dora: Registration) -> None:
    path = way_in(dora)
    Browser(HOME).enter(path)
    for _ in range(3):
        assert Browser(OFFICE).look(path).status_code == 200
        assert Browser(OFFICE).look(f"{path}status/").json()["elsewhere"] is False
    assert fresh_mails(dora) == []
    assert Device.objects.count() == 1


def test_before_the_room_opened_is_another_time(dora: Registration, clock: Clock) -> None:
    """Who tried the room of last week's date from the office may come from home today."""
    path = way_in(dora)
    Browser(OFFICE).enter(path)
    Device.objects.update(last_seen_at=clock.now() - timedelta(hours=3))
    assert came_in(Browser(HOME).enter(path))


def test_three_fresh_mails_and_then_everybody_with_the_link_is_let_in(dora: Registration) -> None:
    networks = [f"203.0.113.{number}" for number in range(1, 8)]
    answers = []
    for number, network in enumerate(networks):
        answers.append(Browser(network).enter(way_in(dora)))
        if number % 2 and not came_in(answers[-1]):
            assert came_in(Browser(network).enter(way_in(dora)))
    assert len(fresh_mails(dora)) == devices.MOST_FRESH_LINKS
    assert came_in(Browser("192.0.2.77").enter(way_in(dora)))
    dora.refresh_from_db()
    assert dora.link_version == 1 + devices.MOST_FRESH_LINKS


def test_where_the_mail_does_not_leave_the_second_place_is_let_in(
    dora: Registration, clock: Clock
) -> None:
    path, second = way_in(dora), Browser(OFFICE)
    Browser(HOME).enter(path)
    assert told_elsewhere(second.enter(path))
    clock.advance(seconds=119)
    assert told_elsewhere(second.enter(path))
    clock.advance(seconds=1)
    assert second.look(path).status_code == 200
    assert came_in(second.enter(path))


def test_where_mails_bounce_the_second_place_is_let_in(dora: Registration) -> None:
    DeliveryProblem.objects.create(
        email="Dora@Example.org", kind=ProblemKind.BOUNCED, permanent=True, event_id="b1"
    )
    path = way_in(dora)
    Browser(HOME).enter(path)
    assert came_in(Browser(OFFICE).enter(path))
    assert fresh_mails(dora) == []


def test_a_link_revoked_by_handing_the_seat_over_is_dead_on_every_device(
    dora: Registration,
) -> None:
    path, first, second = way_in(dora), Browser(HOME), Browser(OFFICE)
    first.enter(path)
    second.enter(path)
    fresh = way_in(dora)
    Registration.objects.filter(pk=dora.pk).update(link_version=3)
    for browser in (first, second, Browser(MOBILE)):
        for old in (path, fresh):
            assert browser.look(old).status_code == 404
            assert browser.enter(old).status_code == 404
    assert came_in(first.enter(way_in(dora)))


def test_the_browsers_number_says_nothing_and_is_another_one_for_each_person(
    shop: Workshop, dora: Registration
) -> None:
    browser = Browser(HOME)
    browser.enter(way_in(dora))
    cookie = browser.client.cookies["device"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/j/", True, "Lax")
    browser.enter(way_in(seated(shop, name="Emil")))
    numbers = set(Device.objects.values_list("token", flat=True))
    assert len(numbers) == 2
    assert cookie.value not in {str(number) for number in numbers}


@pytest.mark.parametrize("cookie", ["", "nonsense", "0" * 10_000])
def test_a_broken_cookie_is_replaced(dora: Registration, cookie: str) -> None:
    browser = Browser(HOME)
    browser.client.cookies["device"] = cookie
    assert browser.look(way_in(dora)).status_code == 200
    assert came_in(browser.enter(way_in(dora)))


def test_control_without_the_rule_a_second_place_comes_in_unnoticed(
    dora: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "_is_elsewhere", lambda *arguments: False)
    path = way_in(dora)
    Browser(HOME).enter(path)
    assert came_in(Browser(OFFICE).enter(path))
    assert fresh_mails(dora) == []


def test_control_with_the_usual_door_the_first_place_would_be_locked_out(
    dora: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, first = way_in(dora), Browser(HOME)
    first.enter(path)
    Browser(OFFICE).enter(path)

    def usual(token: str) -> tuple[Registration, int]:
        found = access.registration_for_link(token, access.JOIN_LINK)
        return found, found.link_version

    monkeypatch.setattr(access, "registration_for_joining", usual)
    assert first.enter(path).status_code == 404


def test_the_fresh_mail_itself_lets_its_owner_in(
    story: Story, dora: Registration, clock: Clock
) -> None:
    path, first, second = way_in(dora), Browser(HOME), Browser(OFFICE)
    first.enter(path)
    assert told_elsewhere(second.enter(path))
    (mail,) = story.mails()
    assert mail["To"] == "dora@example.org"
    (link,) = set(re.findall(r"/j/\S+/", body(mail)))
    assert link not in path
    assert came_in(second.enter(link))
    assert came_in(first.enter(path))
    assert "rooms.example.org" not in mail.as_string()


def test_a_seat_handed_over_shuts_the_former_holders_devices_out(
    shop: Workshop, clock: Clock
) -> None:
    dora, browser = seated(shop), Browser(HOME)
    old = way_in(dora)
    browser.enter(old)
    clock.set(shop.starts_at - timedelta(days=2))
    seat_changes.hand_over(dora, seat_changes.NewPerson("Fay", "fay@example.org", "en"))
    clock.set(shop.starts_at)
    assert browser.enter(old).status_code == 404
    assert came_in(Browser(OFFICE).enter(way_in(dora)))
