"""The mails of a registration, in both languages, with their calendar files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import vobject

from donations.models import Donation
from donations.services.parameters import token
from events.models import Workshop
from tests.support.calendars import read_calendar
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story, body, calendar_of

_ROOM = "https://rooms.example.org/secret-room"


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop(
        make_campaign(translations={"fr": {"title": "De l’eau"}}),
        starts_at=datetime(2027, 3, 24, 18, 0, tzinfo=UTC),
        join_url=_ROOM,
        replay_url=_ROOM,
        speakers=["Ann", "Ben"],
        summary="Two hours, one shop",
        translations={"fr": {"title": "Ouvrir une boutique"}},
    )


_EXPECTED = {
    "en": (
        "You are in: How to open a web shop",
        "Wednesday 24 March 2027 at 19:00",
        "2 hours",
        "$20.00",
        "payment confirmation, not a tax receipt",
    ),
    "fr": (
        "C’est confirmé : Ouvrir une boutique",
        "mercredi 24 mars 2027 à 19:00",
        "2 heures",
        "20,00 $US",
        "confirmation de paiement, pas un reçu fiscal",
    ),
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_ticket_comes_in_the_persons_language(
    story: Story, workshop: Workshop, language: str
) -> None:
    donation = story.give(workshop, language=language, message="Hello all")
    (mail,) = story.mails()
    subject, when, lasts, amount, no_receipt = _EXPECTED[language]
    assert mail["Subject"] == subject
    assert mail["To"] == "dora@example.org"
    assert mail["Reply-To"] == "alice@example.org"
    for kind in ("plain", "html"):
        text = body(mail, kind)
        for expected in (when, lasts, amount, no_receipt, "charity: water", "Dora", "Ann"):
            assert expected in text, (kind, expected)
        assert f"{donation.public_id!s}"[:8].upper() in text
        assert _ROOM not in text
    assert f'<html lang="{language}"' in body(mail, "html")
    assert "<" not in body(mail).replace("<3", "")
    assert "secret-room" not in mail.as_string()
    assert "List-Unsubscribe" not in mail


@pytest.mark.parametrize(
    ("zone", "own"),
    [
        ("America/New_York", "For you: Wednesday 24 March 2027 at 14:00 (New York)"),
        ("Europe/Berlin", ""),
        ("Nowhere/Town", ""),
    ],
)
def test_a_mail_tells_the_persons_own_time_where_it_differs(
    story: Story, workshop: Workshop, zone: str, own: str
) -> None:
    story.give(workshop, time_zone=zone)
    (mail,) = story.mails()
    for kind in ("plain", "html"):
        text = body(mail, kind)
        assert own in text
        assert ("For you" in text) == bool(own)
        assert "Wednesday 24 March 2027 at 19:00 (Paris)" in text


def _event(text: str) -> vobject.base.Component:
    """Parse by another implementation than the one that wrote the file."""
    calendar = read_calendar(text)
    (event,) = calendar.vevent_list
    assert len(calendar.vtimezone_list) == 1
    return event


def test_the_calendar_file_is_understood_by_another_program(
    story: Story, workshop: Workshop
) -> None:
    donation = story.give(workshop, name="Zoé; Bond, \\ Ltd\nX")
    (mail,) = story.mails()
    text = calendar_of(mail)
    event = _event(text)
    assert "METHOD:REQUEST" in text
    assert event.dtstart.value == datetime(2027, 3, 24, 18, 0, tzinfo=UTC)
    assert event.dtstart.value.utcoffset() == timedelta(hours=1)
    assert event.dtend.value - event.dtstart.value == timedelta(hours=2)
    assert event.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Europe/Paris"]
    assert event.summary.value == "How to open a web shop"
    assert event.status.value == "CONFIRMED"
    assert event.organizer.value == "mailto:alice@example.org"
    assert event.attendee.value == "mailto:dora@example.org"
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert _ROOM not in text
    (part,) = [p for p in mail.iter_attachments() if p.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"

    offered = _offered(story, donation)
    assert _event(offered).uid.value == event.uid.value
    assert "METHOD:PUBLISH" in offered
    assert "ATTENDEE" not in offered
    assert int(_event(offered).sequence.value) >= int(event.sequence.value)
    for file in (text, offered):  # The link into the room is the person's own; /b/ cancels.
        unfolded = file.replace("\r\n ", "")
        assert "/j/" in unfolded
        assert "/b/" not in unfolded


def _offered(story: Story, donation: Donation) -> str:
    """Return the calendar file that the return page links."""
    page = story.client.get(f"/checkout/{token(donation)}/")
    answer = story.client.get(page.context["calendar_url"])
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return answer.content.decode()


def test_a_moved_workshop_keeps_its_uid_and_raises_its_sequence(
    story: Story, workshop: Workshop
) -> None:
    donation = story.give(workshop)
    before = _event(_offered(story, donation))
    later = workshop.starts_at + timedelta(days=7)  # In between the clocks change.
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=later, schedule_version=1)
    after = _event(_offered(story, donation))
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.dtstart.value.utcoffset() == timedelta(hours=2)


def test_a_cancelled_workshop_is_taken_out_of_calendars(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop)
    before = _event(_offered(story, donation))
    Workshop.objects.filter(pk=workshop.pk).update(state="cancelled")
    text = _offered(story, donation)
    after = _event(text)
    assert "METHOD:CANCEL" in text
    assert after.uid.value == before.uid.value
    assert after.status.value == "CANCELLED"
    assert int(after.sequence.value) > int(before.sequence.value)


def test_an_organizers_line_breaks_make_no_new_headers(story: Story, workshop: Workshop) -> None:
    Workshop.objects.filter(pk=workshop.pk).update(title="Shop\r\nBcc: evil@example.org")
    story.give(workshop)
    (mail,) = story.mails()
    assert mail["Bcc"] is None
    assert story.sink.recipients == []
    assert mail["Subject"] == "You are in: Shop Bcc: evil@example.org"


def test_a_refund_in_stripes_dashboard_is_told_by_mail(story: Story, workshop: Workshop) -> None:
    donation = story.give(workshop, language="fr")
    story.mails()
    story.sandbox.refund(charge=donation.charge_id, amount=500)
    story.webhooks(donation)
    (mail,) = story.mails()
    assert "5,00 $US" in mail["Subject"].replace("\u00a0", " ").replace("\u202f", " ")
    assert '<html lang="fr"' in body(mail, "html")
    total = story.total(workshop.campaign)
    assert (total.raised.minor, total.refunds.minor, total.donors) == (1500, 500, 1)
    assert "15\u202f$US" in story.client.get(
        f"/c/{workshop.campaign.slug}/", headers={"Accept-Language": "fr"}
    ).content.decode().replace("\u00a0", "\u202f")
