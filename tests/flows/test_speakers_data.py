"""Speakers are people too: their data can be had and erased, with or without a seat."""

from __future__ import annotations

import json

from django.core import serializers

from donations.services.person import lost_links
from events.models import Host, Message, Person, Workshop
from events.services import access
from events.services.room import hosts
from tests.support.clock import Clock
from tests.support.story import Story, body

EMAIL = "quill@example.org"


def _own_page(story: Story) -> str:
    """Ask for the links of the speaker by mail; return the page that the mail names."""
    story.mails()
    assert story.client.post("/lost/", {"email": EMAIL}).status_code == 200
    (mail,) = story.mails()
    path = f"/p/{access.person_link(Person.objects.get(email=EMAIL))}/"
    assert path in body(mail)
    return path


def _speak(workshop: Workshop) -> Host:
    return hosts.add(workshop=workshop, name="Dora Quill", email=EMAIL, language="en")


def test_a_speaker_gets_their_data(story: Story, workshop: Workshop) -> None:
    _speak(workshop)
    hosts.add(workshop=workshop, name="Victor", email="victor@example.org", language="en")
    answer = story.client.get(f"{_own_page(story)}data.json")
    data = json.loads(answer.content)
    (spoken,) = data["speaks_at"]
    assert (spoken["name"], spoken["workshop"]["title"]) == ("Dora Quill", workshop.title)
    assert [one["kind"] for one in data["mails"]] == ["host_link", "links"]
    assert "Victor" not in answer.content.decode()


def test_a_speaker_is_erased(story: Story, workshop: Workshop) -> None:
    host = _speak(workshop)
    hosts.add(workshop=workshop, name="Victor", email="victor@example.org", language="en")
    own = _own_page(story)
    hosts.renew_link(host)
    Message.objects.filter(ids__host=host.pk, state="sent").update(error=f"550 {EMAIL}")
    assert story.client.post(f"{own}erase/", {"typed": EMAIL}).status_code == 200
    assert [one.name for one in Host.objects.all()] == ["Victor"]
    left = "".join(serializers.serialize("json", one.objects.all()) for one in (Host, Message))
    assert "quill" not in left.lower()
    assert story.client.get(f"/h/{access.host_link(host)}/").status_code == 404
    assert story.mails() == []


def test_a_speaker_is_no_stranger(story: Story, workshop: Workshop, clock: Clock) -> None:
    _speak(workshop)
    story.client.post("/lost/", {"email": EMAIL})
    clock.advance(days=1)
    assert lost_links.forget_strangers() == 0
    Host.objects.all().delete()
    assert lost_links.forget_strangers() == 1
