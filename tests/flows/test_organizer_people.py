"""The page of a workshop's people: who sees whom, how mails stand, resending."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from donations.models import Donation
from events.models import DeliveryProblem, Message, Workshop
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story, plain


def people(workshop: Workshop, user: User | None, query: str = "", status: int = 200) -> str:
    client = Client()
    if user is not None:
        client.force_login(user)
    answer = client.get(f"/organize/workshops/{workshop.public_id}/{query}")
    assert answer.status_code == status
    return plain(answer.content.decode())


@pytest.fixture
def seated(story: Story, workshop: Workshop) -> Donation:
    workshop.questions = [
        {"id": "level", "label": "Your level", "kind": "text", "required": False},
    ]
    workshop.save()
    return story.give(workshop, name="Dora", question_level="beginner")


def test_organizers_see_people_answers_and_how_each_mail_stands(
    story: Story, seated: Donation, workshop: Workshop, alice: User
) -> None:
    page = people(workshop, alice)
    for expected in ("Dora", "dora@example.org", "Your level", "beginner", "Confirmed", "leaves"):
        assert expected in page, expected
    story.mails()
    assert "sent" in people(workshop, alice)
    Message.objects.update(state="set_aside", error="550 no such user")
    page = people(workshop, alice)
    assert "could not be sent" in page
    assert "550 no such user" in page
    assert "Mail problem" in page


def test_a_viewer_sees_numbers_and_nobody(
    seated: Donation, workshop: Workshop, alice: User, bob: User
) -> None:
    page = people(workshop, bob)
    assert "1 / 10" in page
    for hidden in ("Dora", "dora@example.org", "beginner", "resend"):
        assert hidden not in page
        assert hidden in people(workshop, alice)  # Control: an owner sees it.


def test_another_teams_organizer_and_a_stranger_see_nothing(
    seated: Donation, workshop: Workshop, charlie: User, alice: User
) -> None:
    people(workshop, charlie, status=404)
    people(workshop, None, status=302)
    people(workshop, alice)


def test_people_are_found_by_name_or_address(
    story: Story, seated: Donation, workshop: Workshop, alice: User
) -> None:
    story.give(workshop, name="Émile", email="em@example.org")
    assert "dora@example.org" not in people(workshop, alice, "?q=mile")
    assert "em@example.org" in people(workshop, alice, "?q=mile")
    assert "Émile" not in people(workshop, alice, "?q=DORA@")
    assert "Nobody is called" in people(workshop, alice, "?q=%00nobody")


def test_a_bounce_is_shown_at_its_person(seated: Donation, workshop: Workshop, alice: User) -> None:
    assert "does not take mail" not in people(workshop, alice)
    DeliveryProblem.objects.create(
        email="Dora@example.org",
        kind="bounced",
        permanent=True,
        event_id="1",
        detail="no such user",
        message=Message.objects.filter(workshop=workshop).first(),
    )
    page = people(workshop, alice)
    assert "does not take mail" in page
    assert "no such user" in page


#: The badge, not the filter of that name.
TROUBLE = 'class="badge bad">Mail problem'


def test_what_another_teams_mail_met_with_is_not_told_and_not_theirs_to_end(
    seated: Donation, workshop: Workshop, alice: User
) -> None:
    elsewhere = Message.objects.create(
        key="x",
        kind="reminder",
        workshop=make_workshop(make_campaign(title="Trees")),
        state="dropped",
    )
    values = {"email": "dora@example.org", "kind": "bounced"}
    full = DeliveryProblem.objects.create(
        **values, event_id="1", detail="Trees: full", message=elsewhere
    )
    assert TROUBLE not in people(workshop, alice), "it may be empty by now"
    own = DeliveryProblem.objects.create(
        **values, event_id="2", message=Message.objects.filter(workshop=workshop).first()
    )
    assert "write to it again" in people(workshop, alice)
    _forgive(workshop, alice, seated)
    for problem in (full, own):
        problem.refresh_from_db()
    assert (full.forgiven_at, own.forgiven_at is None) == (None, False)
    DeliveryProblem.objects.filter(pk=full.pk).update(permanent=True)
    page = people(workshop, alice)
    assert "does not take mail" in page
    assert "Trees" not in page
    assert "write to it again" not in page
    _forgive(workshop, alice, seated)
    full.refresh_from_db()
    assert full.forgiven_at is None


def _forgive(workshop: Workshop, user: User, donation: Donation, status: int = 302) -> None:
    client = Client()
    client.force_login(user)
    assert donation.booking is not None
    person = donation.booking.registrations.get(position=1)
    answer = client.post(
        f"/organize/workshops/{workshop.public_id}/forgive/", {"registration": person.public_id}
    )
    assert answer.status_code == status


def test_an_address_found_right_is_written_to_again_but_not_after_a_complaint(
    seated: Donation, workshop: Workshop, alice: User, bob: User
) -> None:
    values = {"email": "dora@example.org", "message": Message.objects.get()}
    bounce = DeliveryProblem.objects.create(**values, kind="bounced", permanent=True, event_id="1")
    _forgive(workshop, bob, seated, status=403)
    spam = DeliveryProblem.objects.create(**values, kind="complained", event_id="2")
    _forgive(workshop, alice, seated)
    bounce.refresh_from_db()
    assert bounce.forgiven_at is None
    spam.delete()
    _forgive(workshop, alice, seated)
    bounce.refresh_from_db()
    assert bounce.forgiven_at is not None
    assert "does not take mail" not in people(workshop, alice)


def _resend(workshop: Workshop, user: User, donation: Donation, status: int = 302) -> None:
    client = Client()
    client.force_login(user)
    assert donation.booking is not None
    person = donation.booking.registrations.get(position=1)
    answer = client.post(
        f"/organize/workshops/{workshop.public_id}/resend/", {"registration": person.public_id}
    )
    assert answer.status_code == status


def test_a_confirmation_is_sent_again_but_not_while_one_is_on_its_way(
    story: Story, seated: Donation, workshop: Workshop, alice: User
) -> None:
    _resend(workshop, alice, seated)
    assert len(story.mails()) == 1, "the first one had not left yet"
    _resend(workshop, alice, seated)
    _resend(workshop, alice, seated)
    (again,) = story.mails()
    assert again["Subject"] == "You are in: How to open a web shop"
    _resend(workshop, alice, seated)
    assert len(story.mails()) == 1


def test_only_editors_of_the_own_team_resend(  # noqa: PLR0917 -- the whole cast
    story: Story, seated: Donation, workshop: Workshop, alice: User, bob: User, charlie: User
) -> None:
    story.mails()
    _resend(workshop, bob, seated, status=403)
    _resend(workshop, charlie, seated, status=404)
    other = make_workshop(workshop.campaign)
    _resend(other, alice, seated, status=404)
    assert story.mails() == []
    _resend(workshop, alice, seated)  # Control.
    assert len(story.mails()) == 1


def test_the_list_costs_the_same_queries_for_many(
    story: Story, seated: Donation, workshop: Workshop, alice: User
) -> None:
    client = Client()
    client.force_login(alice)
    counts = []
    for n in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/organize/workshops/{workshop.public_id}/")
        counts.append(len(queries))
        story.give(workshop, name=f"Zoe {n}", email=f"zoe{n}@example.org")
    assert counts[0] == counts[1]
