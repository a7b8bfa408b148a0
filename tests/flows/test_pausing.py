"""The pause of all giving, and payments that were open when a campaign was suspended."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from donations.models import Donation, GivingPause
from donations.services import account_readiness, checkout
from donations.services.abuse import pausing
from events.models import Campaign, Workshop
from events.services import suspending
from tests.support.cast import give_form, make_gift, make_workshop
from tests.support.story import Story

pytestmark = pytest.mark.django_db

PAUSED = "paused all giving"


def test_every_form_says_so_at_once_in_both_languages(story: Story, workshop: Workshop) -> None:
    path = f"/c/{workshop.campaign.slug}/"
    mine = f"{path}{workshop.slug}/"
    pages = [path, f"{path}give/", mine, f"/embed{mine}form/", f"/embed{path}give/"]
    assert all(story.client.get(one).status_code == 200 for one in pages)
    assert all(PAUSED not in story.client.get(one).content.decode() for one in pages)
    opened = story.register(workshop)
    assert pausing.pause(reason="A flood of stolen cards") is not None
    for one in pages:  # those above were cached
        told = story.client.get(one).content.decode()
        assert PAUSED in told, one
        assert "data-give-form" not in told, one
        french = story.client.get(one, headers={"Accept-Language": "fr"}).content.decode()
        assert "suspendu tous les dons" in french, one
    for place in (workshop, workshop.campaign):
        refused = story.post(place, email="late@example.org")
        assert (refused.status_code, PAUSED in refused.content.decode()) == (409, True)
    assert Donation.objects.count() == 1
    assert story.pay(opened).state == "paid"  # what was open at Stripe settles
    assert pausing.resume()
    assert story.register(workshop, email="late@example.org").state == "open"


def test_the_service_itself_takes_nothing(workshop: Workshop, sandbox: object) -> None:
    pausing.pause(reason="")
    with pytest.raises(account_readiness.SitePausedError):
        checkout.start(
            campaign=workshop.campaign, workshop=workshop, gift=make_gift(), gateway=None
        )
    assert not Donation.objects.exists()


def test_by_command_and_one_at_a_time() -> None:
    out = StringIO()
    for switch in ("on", "on", "off", "off"):
        call_command("pause_giving", switch, reason="Test", stdout=out)
    assert out.getvalue().splitlines() == [
        "No money is taken now.",
        "It is paused already.",
        "Money is taken again.",
        "There is no pause.",
    ]
    assert GivingPause.objects.get().reason == "Test"


def test_a_superuser_switches_in_the_admin_and_nobody_else(client: Client, alice: User) -> None:
    page = "/admin/donations/givingpause/"
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    assert client.get(page).status_code == 403
    assert client.post(f"{page}add/", {"reason": "No"}).status_code == 403
    assert not pausing.is_on()
    alice.is_superuser = True
    alice.save()
    assert client.post(f"{page}add/", {"reason": "Stolen cards"}).status_code == 302
    pause = GivingPause.objects.get()
    assert (pause.reason, pause.started_by, pausing.is_on()) == ("Stolen cards", alice, True)
    ending = {"action": "end", "_selected_action": [pause.pk]}
    assert client.post(page, ending).status_code == 302
    assert not pausing.is_on()


SUSPENSIONS: dict[str, Callable[[Campaign], None]] = {
    "campaign": lambda one: suspending.suspend_campaign(one.pk, reason="Questions"),
    "team": lambda one: suspending.suspend_team(one.team_id, reason="Questions"),
}


@pytest.mark.parametrize("how", list(SUSPENSIONS))
def test_what_was_open_when_a_campaign_was_suspended_cannot_be_paid(
    story: Story, workshop: Workshop, how: str
) -> None:
    other = make_workshop(workshop.campaign)
    opened, quicker = story.register(workshop), story.register(other, email="eli@example.org")
    story.sandbox.pay(quicker.session_id)
    SUSPENSIONS[how](workshop.campaign)
    assert story.sweep(opened).state == "expired"
    with pytest.raises(AssertionError):
        story.sandbox.pay(opened.session_id)
    assert story.webhooks(quicker).state == "paid"  # nobody can call that back
    workshop.refresh_from_db()
    assert workshop.seats_taken == 0
    form = give_form(email="third@example.org")
    assert story.client.post(f"/c/{workshop.campaign.slug}/give/", form).status_code == 410
