"""The pause of all giving, and payments that were open when a campaign was suspended."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Donation, GivingPause
from donations.services import account_readiness, checkout, offers, sweeper
from donations.services.abuse import pausing
from events.models import Booking, Campaign, Workshop
from events.services import access, suspending
from tests.support.cast import give_form, make_campaign, make_gift, make_workshop
from tests.support.clock import Clock
from tests.support.story import Story, address

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


@pytest.mark.parametrize("guard", ["rests", "control"])
def test_an_offered_seat_waits_for_the_pause_to_end(
    story: Story, clock: Clock, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """Otherwise a pause would use up the whole line: nobody can take what is offered."""
    workshop = make_workshop(make_campaign(), capacity=1, offer_minutes=60)
    held = story.give(workshop).booking
    assert held is not None
    for name in ("wanda", "next"):
        form = {"name": name, "email": f"{name}@example.org", "nonce": str(uuid.uuid4())}
        story.client.post(f"{address(workshop)}wait/", {**form, "seats": "1"})
    story.client.post(f"/b/{access.booking_link(held)}/cancel/")
    sweeper.sweep(gateway=for_workers())
    wanda = Booking.objects.get(email="wanda@example.org")
    assert wanda.state == "held"
    own = f"/b/{access.booking_link(wanda)}/seat/"
    assert "data-give-form" in story.page(own)

    pausing.pause(reason="")
    for language, said in (("en", PAUSED), ("fr", "suspendu tous les dons")):
        page = story.page(own, language=language)
        assert said in page
        assert "data-give-form" not in page
    refused = story.client.post(own, give_form(name="Wanda"))
    assert (refused.status_code, PAUSED in refused.content.decode()) == (409, True)
    rests = guard == "rests"
    if not rests:
        monkeypatch.setattr(offers, "rest", lambda now: 0)
    clock.advance(hours=5)
    sweeper.sweep(gateway=for_workers())
    wanda.refresh_from_db()
    assert wanda.state == ("held" if rests else "expired")
    pausing.resume()
    clock.advance(minutes=59)
    sweeper.sweep(gateway=for_workers())
    taken = story.client.post(own, give_form(name="Wanda"))
    assert ("pay" in taken["Location"]) == rests
    if rests:
        wanda.refresh_from_db()
        assert (wanda.state, wanda.hold_expires_at) == ("held", None)  # now Stripe decides


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
