"""An organizer's pages of the room and of attendance."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from events.admin import WorkshopForm
from events.models import Campaign, Registration, Workshop
from events.services.room.attendance_reports import LONGEST_FILE
from events.states import AttendanceSource, RoomKind
from tests.support.cast import make_workshop
from tests.support.rooms import BigBlueButton, seated

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(campaign: Campaign) -> Workshop:
    return make_workshop(campaign, capacity=200)


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def _path(shop: Workshop, more: str) -> str:
    return f"/organize/workshops/{shop.public_id}/{more}/"


def _save(organizer: Client, shop: Workshop, **values: Any) -> Any:
    form = {"room_kind": "address", "join_url": "", "replay_url": "", **values}
    return organizer.post(_path(shop, "room"), form)


def test_the_room_is_saved_and_nothing_else_of_the_workshop_is(
    organizer: Client, shop: Workshop
) -> None:
    seated(shop)
    answer = _save(organizer, shop, join_url="zoom.example.org/j/123?pwd=x y", title="Stolen")
    assert answer.status_code == 302, answer.content.decode()
    shop.refresh_from_db()
    assert shop.join_url == "https://zoom.example.org/j/123?pwd=x y"
    assert (shop.seats_taken, shop.title) == (1, "How to open a web shop")


@pytest.mark.parametrize(
    "address",
    [
        "http://rooms.example.org/x",
        "javascript:alert(1)",
        "https://name:word@rooms.example.org/x",
        "https://",
        "https://localhost/x",
        "data:text/html,x",
        "//rooms.example.org",
        "https://" + "x" * 600,
    ],
)
def test_an_address_that_is_not_plain_https_is_refused_at_the_field(
    organizer: Client, shop: Workshop, address: str
) -> None:
    answer = _save(organizer, shop, join_url=address, replay_url="https://v.example.org/kept")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_join_url_error"' in page
    assert 'value="https://v.example.org/kept"' in page
    shop.refresh_from_db()
    assert (shop.join_url, shop.replay_url) == ("", "")


def test_a_replay_for_gifts_needs_its_address(organizer: Client, shop: Workshop) -> None:
    answer = _save(organizer, shop, replay_for_gifts="on")
    assert answer.status_code == 422
    assert 'id="id_replay_url_error"' in answer.content.decode()


def test_bigbluebutton_can_be_chosen_only_where_there_is_a_server(
    organizer: Client, shop: Workshop, settings: Settings
) -> None:
    assert "BigBlueButton" not in organizer.get(_path(shop, "room")).content.decode()
    assert _save(organizer, shop, room_kind="bigbluebutton").status_code == 422


def test_a_configured_bigbluebutton_is_offered(
    organizer: Client, shop: Workshop, bigbluebutton: BigBlueButton
) -> None:
    assert _save(organizer, shop, room_kind="bigbluebutton").status_code == 302
    shop.refresh_from_db()
    assert shop.room_kind == RoomKind.BIGBLUEBUTTON


def test_a_new_name_and_a_new_stage_address(organizer: Client, shop: Workshop) -> None:
    secret, version = shop.room_secret, shop.campaign.stage_version
    assert organizer.post(_path(shop, "room/rename")).status_code == 302
    assert organizer.post(_path(shop, "room/stage")).status_code == 302
    shop.refresh_from_db()
    assert shop.room_secret != secret
    assert Campaign.objects.get().stage_version == version + 1


@pytest.mark.parametrize("more", ["room", "attendance"])
def test_viewers_and_strangers_see_neither(
    shop: Workshop, bob: User, charlie: User, more: str
) -> None:
    for person, status in ((bob, 403), (charlie, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(_path(shop, more)).status_code == status
        assert client.post(_path(shop, more)).status_code == status


# --- attendance --------------------------------------------------------------------------------


def _report(organizer: Client, shop: Workshop, content: bytes) -> Any:
    file = SimpleUploadedFile("report.csv", content, content_type="text/csv")
    return organizer.post(_path(shop, "attendance/report"), {"report": file})


def _attendance(*people: Registration) -> list[tuple[bool | None, str]]:
    for one in people:
        one.refresh_from_db()
    return [(one.attended, one.attendance_source) for one in people]


def test_ticks_are_saved_and_only_what_was_seen_is_taken_away(
    organizer: Client, shop: Workshop
) -> None:
    dora, emil, fay = (seated(shop, name=name) for name in ("Dora", "Emil", "Fay"))
    shown = f"{dora.pk},{emil.pk},{fay.pk}"
    path = _path(shop, "attendance")
    organizer.post(path, {"shown": shown, "seen": "", "present": [dora.pk, emil.pk]})
    assert _attendance(dora, emil, fay) == [(True, "hand"), (True, "hand"), (None, "")]

    # Fay clicks her link while the page is open; Emil's tick is taken away.
    Registration.objects.filter(pk=fay.pk).update(
        attended=True, attendance_source=AttendanceSource.CLICK
    )
    seen = f"{dora.pk},{emil.pk}"
    organizer.post(path, {"shown": shown, "seen": seen, "present": [dora.pk]})
    assert _attendance(dora, emil, fay) == [(True, "hand"), (False, "hand"), (True, "click")]


def test_a_report_is_shown_first_and_recorded_when_it_is_confirmed(
    organizer: Client, shop: Workshop
) -> None:
    dora, emil = seated(shop, name="Dora"), seated(shop, name="Emil")
    answer = _report(
        organizer,
        shop,
        b"Name,Email\nD,DORA@example.org\nEmil,emil@work.example\nPhone,\n",
    )
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert "1 person recognised" in page
    assert "Phone" in page
    assert f'value="{emil.pk}" id="named_{emil.pk}"><label' in page
    assert _attendance(dora, emil) == [(None, ""), (None, "")]

    organizer.post(_path(shop, "attendance/apply"), {"sure": str(dora.pk), "named": [emil.pk]})
    assert _attendance(dora, emil) == [(True, "report"), (True, "report")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"1,2\n3,4\n", "No column with names was found."),
        (b"PK\x03\x04", "Save it as CSV"),
        (b"x" * (LONGEST_FILE + 1), "The file is too long"),
    ],
)
def test_a_file_that_is_no_report_says_so_at_the_field(
    organizer: Client, shop: Workshop, content: bytes, words: str
) -> None:
    seated(shop)
    answer = _report(organizer, shop, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'id="id_report_error"' in answer.content.decode()


@pytest.mark.parametrize("sure", ["", "x", "{nobody},x", "9" * 30, "-1", "0", "\u0661"])
def test_what_nobody_would_send_marks_nobody(organizer: Client, shop: Workshop, sure: str) -> None:
    dora = seated(shop)
    sent = sure.format(nobody=dora.pk + 1)
    answer = organizer.post(_path(shop, "attendance/apply"), {"sure": sent})
    assert answer.status_code == 302
    assert _attendance(dora) == [(None, "")]


def test_the_page_costs_the_same_for_many(
    organizer: Client, shop: Workshop, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        seated(shop, name=f"Person {number}", email=f"p{number}@example.org")
    with django_assert_max_num_queries(12):
        page = organizer.get(_path(shop, "attendance")).content.decode()
    assert page.count('name="present"') == 50
    assert "?page=2" in page


def test_the_admins_form_refuses_an_address_that_is_no_room(shop: Workshop) -> None:
    for address, is_right in (
        ("http://rooms.example.org", False),
        ("https://a:b@rooms.example.org/x", False),
        ("https://rooms.example.org/x", True),
        ("", True),
    ):
        form = WorkshopForm.__new__(WorkshopForm)
        form.cleaned_data = {"join_url": address, "replay_url": address}
        for clean in (form.clean_join_url, form.clean_replay_url):
            if is_right:
                assert clean() == address
            else:
                with pytest.raises(ValidationError):
                    clean()
