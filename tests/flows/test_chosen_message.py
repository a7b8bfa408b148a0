"""A message to persons who were picked one by one, or found by a filter: to nobody else."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Announcement, Message, Registration, Workshop
from events.services.mails import announcements
from events.services.seating import seat_changes
from events.services.seating.seat_changes import NewPerson
from tests.flows.test_own_words import signed_in
from tests.support.cast import make_campaign, make_workshop
from tests.support.rooms import seated

pytestmark = pytest.mark.django_db

WORDS = {"audience": "chosen", "subject": "Bring a pen", "body": "Dear {name}, bring a pen."}


@pytest.fixture
def people(workshop: Workshop) -> dict[str, Registration]:
    return {name: seated(workshop, name=name) for name in ("Ann", "Ben", "Cleo")}


def path(workshop: Workshop) -> str:
    return f"/organize/workshops/{workshop.public_id}/messages/"


def hidden(page: str) -> list[tuple[str, str]]:
    """Return the hidden fields that carry the choice."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return [one for one in found if one[0] not in {"next", "csrfmiddlewaretoken"}]


def sent_to(client: Client, location: str) -> list[str]:
    assert client.post(f"{location}send/").status_code == 302
    rows = Message.objects.filter(kind="announcement").order_by("registration__name")
    return [row.registration.name for row in rows if row.registration]


def test_only_the_ticked_ones_get_it_and_the_choice_survives_an_error(
    workshop: Workshop, people: dict[str, Registration], alice: User
) -> None:
    client = signed_in(alice)
    ticked = [str(people[name].public_id) for name in ("Ann", "Cleo")]
    page = client.get(path(workshop), {"ticked": "1", "to": ticked}).content.decode()
    assert "Those you chose (2)" in page
    carried = [value for _name, value in hidden(page)]
    assert carried == ticked
    refused = client.post(path(workshop), {**WORDS, "subject": "", "to": carried})
    assert refused.status_code == 422
    assert [value for _name, value in hidden(refused.content.decode())] == ticked
    answer = client.post(path(workshop), {**WORDS, "to": carried})
    assert answer.status_code == 302
    assert "Send to 2 people" in client.get(answer["Location"]).content.decode()
    # Changed later, it still goes to the same.
    client.post(f"{answer['Location']}edit/", {**WORDS, "subject": "Bring two"})
    assert sent_to(client, answer["Location"]) == ["Ann", "Cleo"]


def test_all_whom_a_filter_found_get_it(
    workshop: Workshop, people: dict[str, Registration], alice: User
) -> None:
    Registration.objects.filter(name="Ben").update(attended=True)
    client = signed_in(alice)
    page = client.get(path(workshop), {"all": "1", "attended": "unknown"}).content.decode()
    answer = client.post(path(workshop), {**WORDS, **dict(hidden(page))})
    assert sent_to(client, answer["Location"]) == ["Ann", "Cleo"]


def test_who_wants_no_news_or_gave_the_seat_on_is_left_out(
    workshop: Workshop, people: dict[str, Registration], alice: User
) -> None:
    client = signed_in(alice)
    numbers = [str(one.public_id) for one in people.values()]
    answer = client.post(path(workshop), {**WORDS, "to": numbers})
    Registration.objects.filter(name="Ann").update(wants_news=False)
    seat_changes.hand_over(
        people["Ben"], NewPerson(name="Zoe", email="zoe@example.org", language="en")
    )
    assert sent_to(client, answer["Location"]) == ["Cleo"]


def test_nobody_else_can_be_chosen(
    workshop: Workshop, people: dict[str, Registration], alice: User, bob: User, charlie: User
) -> None:
    stranger = str(seated(make_workshop(make_campaign()), name="Dora").public_id)
    for wrong in (stranger, "x", ""):
        answer = signed_in(alice).post(path(workshop), {**WORDS, "to": [wrong]})
        assert answer.status_code == 404, wrong
    own = str(people["Ann"].public_id)
    for user, status in ((bob, 403), (charlie, 404)):
        assert signed_in(user).post(path(workshop), {**WORDS, "to": own}).status_code == status
    assert not Announcement.objects.exists()
    # Control: chosen without a choice is no audience, and an empty choice is told.
    assert signed_in(alice).post(path(workshop), WORDS).status_code == 422
    page = signed_in(alice).get(path(workshop), {"ticked": "1"}).content.decode()
    assert "You ticked nobody" in page


def test_control_without_the_choice_everybody_would_get_it(
    workshop: Workshop, people: dict[str, Registration]
) -> None:
    ann = [people["Ann"]]
    assert len(announcements.recipients(workshop, "chosen", ann)) == 1
    assert len(announcements.recipients(workshop, "everybody", ann)) == 3
