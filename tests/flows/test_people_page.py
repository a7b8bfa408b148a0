"""The people of a workshop: found by filters, sorted, marked; nobody of another team's."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from events.models import Campaign, Message, Registration, Workshop
from tests.flows.test_own_words import signed_in
from tests.support.cast import make_campaign, make_workshop
from tests.support.rooms import seated
from tests.support.story import Story, plain

NAMES = ("Ann", "Ben", "Cleo", "Dan")


@pytest.fixture
def four(workshop: Workshop) -> dict[str, Registration]:
    """Ann was there, Ben was not, Cleo's mail got stuck, Dan is marked."""
    people = {name: seated(workshop, name=name) for name in NAMES}
    for name, values in (("Ann", {"attended": True}), ("Ben", {"attended": False})):
        Registration.objects.filter(pk=people[name].pk).update(**values)
    Message.objects.create(
        key="stuck", kind="refund", booking=people["Cleo"].booking, state="set_aside"
    )
    return people


def path(workshop: Workshop, more: str = "") -> str:
    return f"/organize/workshops/{workshop.public_id}/{more}"


def shown(user: User, workshop: Workshop, query: str = "") -> list[str]:
    """Return the names on the list, in their order."""
    page = signed_in(user).get(path(workshop, query)).content.decode()
    found = [(page.find(f"<h2>{name}</h2>"), name) for name in NAMES]
    return [name for place, name in sorted(found) if place >= 0]


def mark(user: User, workshop: Workshop, person: Registration, wanted: str, **more: str) -> Any:
    values = {"registration": str(person.public_id), "mark": wanted, **more}
    return signed_in(user).post(path(workshop, "mark/"), values)


def test_filters_let_through_who_is_meant(
    workshop: Workshop, four: dict[str, Registration], alice: User
) -> None:
    mark(alice, workshop, four["Dan"], "1")
    for query, names in {
        "": list(NAMES),
        "?attended=yes": ["Ann"],
        "?attended=no": ["Ben"],
        "?attended=unknown": ["Cleo", "Dan"],
        "?mail=trouble": ["Cleo"],
        "?marked=yes": ["Dan"],
        "?marked=yes&attended=yes": [],
        "?state=waiting": [],
        "?state=confirmed&q=an": ["Ann", "Dan"],
        "?gift=no&sort=newest": list(reversed(NAMES)),
        "?gift=yes": [],
        "?state=%00&sort=;drop": list(NAMES),
    }.items():
        assert shown(alice, workshop, query) == names, query


def test_gifts_are_shown_filtered_and_sorted(story: Story, workshop: Workshop, alice: User) -> None:
    for name, amount in (("Ann", "1000"), ("Ben", "5000")):
        story.give(workshop, name=name, email=f"{name}@example.org", amount=amount)
    seated(workshop, name="Cleo")
    assert shown(alice, workshop, "?sort=gift") == ["Ben", "Ann", "Cleo"]
    assert shown(alice, workshop, "?gift=yes&sort=name") == ["Ann", "Ben"]
    assert "Gave $50.00" in plain(signed_in(alice).get(path(workshop)).content.decode())
    assert shown(alice, workshop, "?gift=no") == ["Cleo"]


def test_a_mark_is_put_and_taken_and_the_filter_stays(
    workshop: Workshop, four: dict[str, Registration], alice: User
) -> None:
    dan = four["Dan"]
    answer = mark(alice, workshop, dan, "1", back="q=an&page=2&evil=//x.example")
    assert answer["Location"] == f"{path(workshop)}?q=an&page=2#person-{dan.public_id}"
    dan.refresh_from_db()
    first = dan.marked_at
    mark(alice, workshop, dan, "1")
    dan.refresh_from_db()
    assert dan.marked_at == first is not None
    mark(alice, workshop, dan, "0")
    dan.refresh_from_db()
    assert dan.marked_at is None


def test_neither_viewers_nor_other_teams_nor_another_workshop_reach_a_person(
    workshop: Workshop, four: dict[str, Registration], alice: User, bob: User, charlie: User
) -> None:
    stranger = seated(make_workshop(make_campaign()), name="Ann")
    for user, person, status in (
        (bob, four["Ann"], 403),
        (charlie, four["Ann"], 404),
        (alice, stranger, 404),
    ):
        assert mark(user, workshop, person, "1").status_code == status
        one = path(workshop, f"people/{person.public_id}/")
        assert signed_in(user).get(one).status_code == status
        assert signed_in(user).post(one, {"text": "x"}).status_code == status
    assert not Registration.objects.exclude(marked_at=None).exists()
    page = plain(signed_in(bob).get(path(workshop, "?q=Ann&marked=yes")).content.decode())
    assert "<h2>Ann" not in page
    assert shown(alice, workshop, "?q=Ann") == ["Ann"]  # Control: an owner sees her.


def test_the_list_costs_the_same_for_many(
    workshop: Workshop, alice: User, django_assert_max_num_queries: Any
) -> None:
    Workshop.objects.update(capacity=200)
    workshop.refresh_from_db()
    for number in range(52):
        seated(workshop, name=f"Person {number}", email=f"p{number}@example.org")
    client = signed_in(alice)
    with django_assert_max_num_queries(16):
        page = client.get(path(workshop, "?state=confirmed&sort=gift")).content.decode()
    assert page.count('name="to"') == 50
    assert "?state=confirmed&amp;sort=gift&amp;page=2" in page


def test_the_campaigns_page_has_everybody_once_and_a_viewer_sees_nobody(
    story: Story, campaign: Campaign, workshop: Workshop, alice: User, bob: User
) -> None:
    story.give(workshop, name="Ann", email="ann@example.org", amount="1000", news="on")
    story.give(campaign, name="Ann", email="ANN@example.org", amount="5000")
    seated(workshop, name="Cleo")
    story.give(make_campaign(), name="Zoe", email="zoe@example.org")
    address = f"/organize/campaigns/{campaign.public_id}/people/"

    def found(query: str) -> list[str]:
        page = plain(signed_in(alice).get(f"{address}{query}").content.decode())
        return [name for name in ("ann@", "cleo@", "zoe@") if f"mailto:{name}" in page.lower()]

    assert found("") == ["ann@", "cleo@"]
    assert found("?gift=no") == found("?q=leo") == ["cleo@"]
    assert found("?news=yes") == found("?gift=yes&sort=gift") == ["ann@"]
    assert found("?marked=yes") == found("?attended=yes") == []
    assert "$60.00" in plain(signed_in(alice).get(address).content.decode())
    viewer = signed_in(bob).get(f"{address}?q=ann").content.decode()
    assert "ann@" not in viewer.lower().replace("?q=ann", "")
