"""Questions: edited by their organizer, asked on a condition, answered, changed, and read."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Campaign, Registration, Workshop
from events.services import access
from tests.support.cast import make_workshop
from tests.support.story import Story, address, plain

pytestmark = pytest.mark.django_db

LEVEL = {
    "id": "level",
    "label": "Have you sold online before?",
    "kind": "choice",
    "required": True,
    "choices": ["Yes", "Never"],
    "translations": {
        "fr": {"label": "Avez-vous déjà vendu en ligne ?", "choices": ["Oui", "Jamais"]}
    },
}
WHAT = {
    "id": "what",
    "label": "What did you sell?",
    "kind": "text",
    "required": True,
    "if": {"question": "level", "answer": "Yes"},
}
#: Depends on one that is not always asked.
PHOTO = {
    "id": "photo",
    "label": "May we show it?",
    "kind": "consent",
    "required": True,
    "if": {"question": "what", "answer": "soap"},
}


@pytest.fixture
def shop(campaign: Campaign) -> Workshop:
    return make_workshop(campaign, zero_allowed=True)


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def _path(shop: Workshop) -> str:
    return f"/organize/workshops/{shop.public_id}/questions/"


def _rows(*rows: dict[str, str], do: str = "save") -> dict[str, str]:
    typed = {f"{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    return {**typed, "count": str(len(rows)), "do": do}


ONE = {
    "id": "level",
    "kind": "choice",
    "label": "Have you sold online before?",
    "required": "on",
    "choices": "Yes\nNever",
    "label_fr": "Avez-vous déjà vendu en ligne ?",
    "choices_fr": "Oui\nJamais",
}
TWO = {
    "id": "what",
    "kind": "text",
    "label": "What did you sell?",
    "required": "on",
    "if_question": "level",
    "if_answer": "Yes",
}


def test_questions_are_kept_as_the_form_shows_them(organizer: Client, shop: Workshop) -> None:
    assert organizer.post(_path(shop), _rows(ONE, TWO)).status_code == 302
    shop.refresh_from_db()
    assert shop.questions == [LEVEL, WHAT]
    page = plain(organizer.get(_path(shop)).content.decode())
    assert "Yes\nNever</textarea>" in page
    assert '<option value="level" selected>Have you sold online before?</option>' in page


def test_buttons_add_move_and_remove_without_saving(organizer: Client, shop: Workshop) -> None:
    page = organizer.post(_path(shop), _rows(ONE, TWO, do="add")).content.decode()
    assert 'name="count" value="3"' in page
    page = organizer.post(_path(shop), _rows(ONE, {**TWO, "label": "Kept"}, do="up-1"))
    assert 'name="0-label" value="Kept"' in page.content.decode()
    page = organizer.post(_path(shop), _rows(ONE, TWO, do="remove-0")).content.decode()
    assert 'name="count" value="1"' in page
    assert "sold online before" not in page
    for nonsense in ("remove-9", "up-0", "down-1", "up--1", "x", "remove-" + "9" * 50):
        assert organizer.post(_path(shop), _rows(ONE, TWO, do=nonsense)).status_code == 200
    shop.refresh_from_db()
    assert shop.questions == []


@pytest.mark.parametrize(
    ("typed", "place", "words"),
    [
        ({"label": ""}, "0-label", "Write the question, or remove it."),
        ({"choices": "Yes"}, "0-choices", "Write at least two answers"),
        ({"choices": "Yes\nYes"}, "0-choices", "each only once"),
        ({"choices_fr": "Oui"}, "0-choices_fr", "Write as many answers as in the first"),
        ({"if_answer": ""}, "1-if_answer", "Write the answer on which it is asked."),
        ({"if_answer": "Maybe"}, "1-if_answer", "That is none of its answers"),
        ({"if_question": "what"}, "1-if_question", "Only a question that stands before"),
        ({"kind": "picture"}, "1-kind", "picture"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(
    organizer: Client, shop: Workshop, typed: dict[str, str], place: str, words: str
) -> None:
    rows = [{**ONE}, {**TWO}]
    rows[int(place[0])] |= typed
    answer = organizer.post(_path(shop), _rows(*rows))
    page = plain(answer.content.decode())
    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert words in page
    assert f'id="id_{place}_error"' in page
    shop.refresh_from_db()
    assert shop.questions == []


def test_a_question_needed_on_a_condition_is_needed_only_then(story: Story, shop: Workshop) -> None:
    Workshop.objects.update(questions=[LEVEL, WHAT, PHOTO])
    page = story.page(address(shop))
    assert "Only if you answered “Yes” to “Have you sold online before?”." in page
    assert 'data-if="question_level" data-if-answer="Yes"' in page
    french = story.page(address(shop), language="fr")
    assert "Oui" in french

    answer = story.post(shop, question_level="Yes")
    page = plain(answer.content.decode())
    assert answer.status_code == 422
    assert "Please answer: What did you sell?" in page
    assert "Please answer: May we show it?" not in page
    answer = story.post(shop, question_level="Yes", question_what="SOAP ")
    assert "Please answer: May we show it?" in plain(answer.content.decode())

    # What was typed before the first answer changed is not kept, nor what depends on it.
    typed = {"question_what": "soap", "question_photo": "on"}
    story.give(shop, email="never@example.org", question_level="Never", **typed)
    answers = Registration.objects.get(email="never@example.org").answers
    assert answers == {"level": "Never", "what": "", "photo": False}
    story.give(shop, email="yes@example.org", question_level="Yes", **typed)
    answers = Registration.objects.get(email="yes@example.org").answers
    assert answers == {"level": "Yes", "what": "soap", "photo": True}


def test_conditions_hold_on_the_own_page_and_organizers_read_the_answers(
    story: Story, shop: Workshop, organizer: Client
) -> None:
    Workshop.objects.update(questions=[LEVEL, WHAT], asks_access_needs=True)
    needs = "Captions, please"
    donation = story.give(shop, question_level="Never", question_access_needs=needs)
    own = f"/b/{access.booking_link(donation.booking)}/"
    assert "data-if=" in story.page(own)
    assert needs in story.page(own)
    path = f"{own}people/1/answers/"
    answer = story.client.post(path, {"answers-1-question_level": "Yes"})
    assert answer.status_code == 422
    assert "Please answer: What did you sell?" in plain(answer.content.decode())
    typed = {
        "answers-1-question_level": "Yes",
        "answers-1-question_what": "Bread",
        "answers-1-question_access_needs": needs,
    }
    assert story.client.post(path, typed).status_code == 302
    people = organizer.get(f"/organize/workshops/{shop.public_id}/", headers=_FRENCH)
    page = plain(people.content.decode())
    for words in ("Avez-vous déjà vendu en ligne ?", "Oui", "Bread", needs):
        assert words in page
    assert needs not in story.page(address(shop))


_FRENCH: dict[str, Any] = {"Accept-Language": "fr"}
