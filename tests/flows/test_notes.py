"""Notes about a person: kept, told who wrote them, and gone with the person."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from donations.gateway.stripe import for_visitors
from donations.services.person import erasing, personal_data
from events.models import Person, PersonNote, Registration, Workshop
from events.services.seating import seat_changes
from events.services.seating.seat_changes import NewPerson
from tests.flows.test_own_words import signed_in
from tests.support.cast import make_workshop
from tests.support.rooms import seated

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora(workshop: Workshop) -> Registration:
    return seated(workshop, name="Dora")


def path(workshop: Workshop, person: Registration, more: str = "") -> str:
    return f"/organize/workshops/{workshop.public_id}/people/{person.public_id}/{more}"


def test_a_note_is_kept_shown_and_taken_away(
    workshop: Workshop, dora: Registration, alice: User
) -> None:
    client = signed_in(alice)
    assert client.post(path(workshop, dora), {"text": "Sits <b>in front</b>"}).status_code == 302
    page = client.get(path(workshop, dora)).content.decode()
    listed = client.get(f"/organize/workshops/{workshop.public_id}/").content.decode()
    for shown in (page, listed):
        assert "Sits &lt;b&gt;in front&lt;/b&gt;" in shown
        assert "alice@example.org" in shown
    note = PersonNote.objects.get()
    PersonNote.objects.update(author=None)  # Who wrote it has left the site.
    assert client.get(path(workshop, dora)).status_code == 200
    assert client.get(f"/organize/workshops/{workshop.public_id}/").status_code == 200
    remove = f"notes/{note.public_id}/remove/"
    other = seated(workshop, name="Emil")
    assert client.post(path(workshop, other, remove)).status_code == 404
    assert client.post(path(workshop, dora, remove)).status_code == 302
    assert not PersonNote.objects.exists()


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001, "a\x00b"])
def test_what_is_no_note_is_refused_at_the_field_and_stays_typed(
    workshop: Workshop, dora: Registration, alice: User, text: str
) -> None:
    answer = signed_in(alice).post(path(workshop, dora), {"text": text})
    assert answer.status_code == 422
    assert 'id="id_text_error"' in answer.content.decode()
    assert text.strip() in answer.content.decode()
    assert not PersonNote.objects.exists()


def test_the_person_gets_the_notes_and_erasing_takes_them(
    workshop: Workshop, dora: Registration, alice: User
) -> None:
    signed_in(alice).post(path(workshop, dora), {"text": "Late again"})
    Registration.objects.update(marked_at=dora.created_at)
    person = Person.objects.create(email="dora@example.org")
    (seat,) = personal_data.of_person(person)["seats"]
    assert [one["text"] for one in seat["notes"]] == ["Late again"]
    assert seat["marked_at"]
    other = seated(make_workshop(workshop.campaign), name="Emil")
    PersonNote.objects.create(registration=other, text="stays")
    erasing.erase(person, gateway=for_visitors())
    assert [one.text for one in PersonNote.objects.all()] == ["stays"]
    dora.refresh_from_db()
    assert dora.marked_at is None


def test_notes_and_marks_do_not_pass_to_who_takes_the_seat_over(
    workshop: Workshop, dora: Registration, alice: User
) -> None:
    signed_in(alice).post(path(workshop, dora), {"text": "Late again"})
    Registration.objects.update(marked_at=dora.created_at)
    seat_changes.hand_over(dora, NewPerson(name="Emil", email="emil@example.org", language="en"))
    dora.refresh_from_db()
    assert (dora.marked_at, dora.notes.count()) == (None, 0)
