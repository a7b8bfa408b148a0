"""Attendance: reports as the providers give them, and who of the seats is meant."""

from __future__ import annotations

import pytest

from events.models import Campaign, Host, Registration, Workshop
from events.services.room import attendance
from events.services.room.attendance_reports import (
    LONGEST_FILE,
    MOST_ROWS,
    Participant,
    ReportError,
    read,
)
from events.states import AttendanceSource
from tests.support.cast import make_workshop
from tests.support.rooms import seated

ZOOM_WITH_BLOCK = """\
Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
812 3456 7890,"Shops, openly",03/24/2026 06:45:00 PM,03/24/2026 09:02:00 PM,ann@example.org,137,3

Name (Original Name),User Email,Join Time,Duration (Minutes),Guest,In Waiting Room
Ann,ann@example.org,03/24/2026 06:45:00 PM,137,No,No
"Dora, with a comma (Dora M.)",Dora@Example.org,03/24/2026 06:58:00 PM,12,Yes,No
"Dora, with a comma (Dora M.)",Dora@Example.org,03/24/2026 07:12:00 PM,110,Yes,No
Never Let In,lobby@example.org,03/24/2026 07:12:00 PM,1,Yes,Yes
Emil,,03/24/2026 07:00:00 PM,122,Yes,No
"""
ZOOM_BARE = """\
Name (Original Name),User Email,Total Duration (Minutes),Guest
Dora,dora@example.org,120,Yes
"""
MEET = """\
First name,Last name,Email,Duration,Time joined,Time exited
Dora,Müller,dora@example.org,2 hr,6:58 PM,9:02 PM
Emil,Zátopek,emil@example.org,1 hr 5 min,7:58 PM,9:02 PM
"""
MEET_WITH_BLOCK = """\
Meeting title,Date,Start time,End time
Shops,2026-03-24,18:45,21:02

Name,Email,Duration,Time joined,Time exited
Dora,dora@example.org,2:04:00,6:58:12 PM,9:02:01 PM
"""
MEET_FRENCH = (
    "Prénom;Nom;Adresse e-mail;Durée;Heure d’arrivée;Heure de départ\r\n"
    "Dora;Müller;dora@example.org;2 h;18:58;21:02\r\n"
)
BIGBLUEBUTTON = """\
Name,Moderator,Activity Score,Talk time,Webcam time,Messages,Reactions,Raise hand,Join,Left,Duration
Dora,FALSE,4.2,00:01:02,-,3,1,0,"3/24/2026, 6:58:01 PM","3/24/2026, 9:02:00 PM",02:03:59
"""


def test_zooms_report_with_its_block_above() -> None:
    assert read(ZOOM_WITH_BLOCK.encode()) == [
        Participant("Ann", "ann@example.org"),
        Participant("Dora, with a comma (Dora M.)", "Dora@Example.org"),
        Participant("Emil", ""),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ZOOM_BARE, [("Dora", "dora@example.org")]),
        (MEET, [("Dora Müller", "dora@example.org"), ("Emil Zátopek", "emil@example.org")]),
        (MEET_WITH_BLOCK, [("Dora", "dora@example.org")]),
        ("sep=;\r\n" + MEET_FRENCH, [("Dora Müller", "dora@example.org")]),
        (MEET_FRENCH, [("Dora Müller", "dora@example.org")]),
        (BIGBLUEBUTTON, [("Dora", "")]),
        (ZOOM_BARE.replace(",", "\t"), [("Dora", "dora@example.org")]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_report_in_every_encoding(
    text: str, expected: list[tuple[str, str]], encoding: str
) -> None:
    found = read(text.encode(encoding))
    assert [(one.name, one.email) for one in found] == expected


def test_excels_western_encoding() -> None:
    assert read(MEET_FRENCH.replace("’", "'").encode("cp1252"))[0].name == "Dora Müller"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"a" * (LONGEST_FILE + 1), "too_long"),
        (b"Name,Email\n" + b"x,\n" * (MOST_ROWS + 1), "too_long"),
        (b"PK\x03\x04 a workbook", "workbook"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "workbook"),
        (b"what,is,this\n1,2,3\n", "no_columns"),
        (b"just a line without anything", "no_columns"),
        (b"Name,Email\n", "nobody"),
        (b"Name,Email\n,\n,\n", "nobody"),
        (b"\xff\xfeN", "malformed"),
        (b"Name,Email\nDo\x00ra,dora@example.org\n", "malformed"),
        (b'Name,Email\n"' + b"x" * 200_000 + b'",\n', "malformed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "malformed"),
    ],
)
def test_what_is_no_report_says_why(content: bytes, problem: str) -> None:
    with pytest.raises(ReportError) as caught:
        read(content)
    assert caught.value.problem == problem
    assert problem in ReportError.PROBLEMS


# --- matching ---------------------------------------------------------------------------------


@pytest.fixture
def shop(campaign: Campaign) -> Workshop:
    return make_workshop(campaign, capacity=50)


def _names(rows: list[Registration]) -> list[str]:
    return [row.name for row in rows]


def test_people_are_matched_by_address_whatever_the_case(shop: Workshop) -> None:
    dora = seated(shop, name="Dora", email="dora@example.org")
    seated(shop, name="Emil")
    found = attendance.match(shop, [Participant("iPhone", "DORA@example.ORG")])
    assert found.sure == [dora]
    assert (found.by_name, found.ambiguous, found.unknown) == ([], [], [])


def test_bigbluebuttons_report_knows_names_only(shop: Workshop) -> None:
    dora = seated(shop, name="Dora")
    found = attendance.match(shop, [Participant("dora ", ""), Participant("Nobody", "")])
    assert [one for _participant, one in found.by_name] == [dora]
    assert found.unknown == [Participant("Nobody", "")]


def test_our_own_number_is_as_sure_as_an_address(shop: Workshop) -> None:
    dora = seated(shop, name="Dora")
    found = attendance.match(shop, [Participant("Someone", "", dora.public_id.hex)])
    assert found.sure == [dora]


def test_two_people_of_one_name_are_ambiguous(shop: Workshop) -> None:
    seated(shop, name="Dora", email="one@example.org")
    seated(shop, name="Dora", email="two@example.org")
    found = attendance.match(shop, [Participant("Dora", "")])
    assert (found.sure, found.by_name) == ([], [])
    assert found.ambiguous == [Participant("Dora", "")]


def test_hosts_are_left_out_and_other_workshops_people_are_unknown(
    shop: Workshop, campaign: Campaign
) -> None:
    Host.objects.create(workshop=shop, name="Ann", email="ann@example.org")
    seated(make_workshop(campaign), name="Zoe", email="zoe@example.org")
    found = attendance.match(
        shop, [Participant("Ann", "Ann@example.org"), Participant("Zoe", "zoe@example.org")]
    )
    assert found.unknown == [Participant("Zoe", "zoe@example.org")]


def test_a_report_never_unmarks_and_never_overwrites_a_click(shop: Workshop) -> None:
    dora, emil = seated(shop, name="Dora"), seated(shop, name="Emil")
    Registration.objects.filter(pk=dora.pk).update(
        attended=True, attendance_source=AttendanceSource.CLICK
    )
    assert attendance.mark_present(shop, [dora.pk, emil.pk], AttendanceSource.REPORT) == 1
    dora.refresh_from_db()
    emil.refresh_from_db()
    assert (dora.attended, dora.attendance_source) == (True, AttendanceSource.CLICK)
    assert (emil.attended, emil.attendance_source) == (True, AttendanceSource.REPORT)


def test_ids_of_another_workshop_are_left_alone(shop: Workshop, campaign: Campaign) -> None:
    stranger = seated(make_workshop(campaign), name="Zoe")
    assert attendance.mark_present(shop, [stranger.pk], AttendanceSource.HAND) == 0
    stranger.refresh_from_db()
    assert stranger.attended is None


def test_counts_are_one_query(shop: Workshop, django_assert_num_queries: object) -> None:
    for name in ("Dora", "Emil", "Fay"):
        seated(shop, name=name)
    with django_assert_num_queries(1):  # type: ignore[operator]
        counts = attendance.counts(shop)
    assert (counts.registered, counts.joined, counts.missing, counts.attended) == (3, 0, 3, 0)
