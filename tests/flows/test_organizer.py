"""The organizer's dashboard and the admin's pages."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from donations.demo import places
from donations.models import Donation, StripeEvent
from events.models import Workshop
from fundraiser.core import clock
from tests.support.story import Story, plain


@pytest.mark.django_db(transaction=True)
def test_the_demos_organizer_signs_in_and_sees_what_needs_attention(
    client: Client, sandbox: object, smtp_sink: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "tests-only-demo-password")
    call_command("seed_demo", verbosity=0)
    assert client.get("/organize/").status_code == 302
    typed = {"login": places.ORGANIZER, "password": "tests-only-demo-password"}
    wrong = client.post("/accounts/login/", {**typed, "password": "wrong"})
    assert wrong.status_code == 200
    answer = client.post("/accounts/login/?next=/organize/", {**typed, "next": "/organize/"})
    assert (answer.status_code, answer["Location"]) == (302, "/organize/")
    page = plain(client.get("/organize/").content.decode())
    assert "Hello, Olivier" in page
    assert "$890" in page
    assert "Late payment" in page
    assert "Zoe Martin paid $20.00 after the seat was gone" in page
    assert 'href="/organize/"' in page
    french = client.get("/organize/", headers={"Accept-Language": "fr"}).content.decode()
    assert "Needs you" not in french
    assert client.get("/admin/").status_code == 302, "an organizer is no admin"


def test_each_member_sees_the_own_teams_attention_only(
    story: Story, workshop: Workshop, alice: User, charlie: User
) -> None:
    donation = story.register(workshop, name="Mallory")
    story.sandbox.pay(donation.session_id)
    story.sandbox.tamper(donation.session_id, amount=1)
    story.webhooks(donation)
    StripeEvent.objects.create(
        event_id="evt_poison",
        type="charge.updated",
        livemode=False,
        created=clock.now(),
        received_at=clock.now(),
        next_attempt_at=clock.now(),
        set_aside_at=clock.now(),
        error="eight times",
    )
    story.client.force_login(alice)
    seen = story.page("/organize/")
    assert "Mallory paid, but it is not the $20.00 that was asked for" in seen
    assert "Payment set aside" in seen
    assert "evt_poison" not in seen, "the site's own trouble is the admin's"

    story.client.force_login(charlie)
    assert "Mallory" not in story.page("/organize/")

    story.client.force_login(User.objects.create_superuser("root"))
    assert "evt_poison" in story.page("/organize/")


def test_a_person_without_a_team_is_told_what_to_do(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("nobody"))
    assert "First a team, then a campaign" in client.get("/organize/").content.decode()


_MONEY = ("donation", "ledgerentry", "stripeevent", "campaigntotal", "reconciliation", "difference")


@pytest.mark.parametrize("model", _MONEY)
def test_money_is_read_only_in_the_admin(story: Story, workshop: Workshop, model: str) -> None:
    story.give(workshop)
    story.client.force_login(User.objects.create_superuser("root"))
    listing = f"/admin/donations/{model}/"
    assert story.client.get(listing).status_code == 200
    assert story.client.get(f"{listing}add/").status_code == 403
    if model == "donation":
        one = f"{listing}{Donation.objects.get().pk}/"
        page = story.page(f"{one}change/")
        assert 'name="_save"' not in page
        assert story.client.post(f"{one}change/", {"amount_minor": 1}).status_code == 403
        assert story.client.post(f"{one}delete/", {"post": "yes"}).status_code == 403
        assert Donation.objects.get().amount_minor == 2000


def test_the_admin_bears_the_sites_name(client: Client, db: None) -> None:
    client.force_login(User.objects.create_superuser("root"))
    page = client.get("/admin/").content.decode()
    assert f"| {settings.SITE_NAME}</title>" in page
    assert "Django administration" not in page


def test_every_admin_page_opens(story: Story, workshop: Workshop) -> None:
    story.give(workshop)
    story.client.force_login(User.objects.create_superuser("root"))
    assert story.client.get("/admin/").status_code == 200
    for model in admin.site._registry:
        listing = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert story.client.get(listing).status_code == 200, listing
        if row := model._default_manager.first():
            assert story.client.get(f"{listing}{row.pk}/change/").status_code == 200, listing


def test_an_edit_in_the_admin_shows_on_the_page_at_once(story: Story, workshop: Workshop) -> None:
    """What is shared between visitors is keyed by the content's version."""
    campaign = workshop.campaign
    etag = story.client.get(f"/c/{campaign.slug}/total/")["ETag"]
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    form = root.get(f"/admin/events/campaign/{campaign.pk}/change/").context["adminform"].form
    typed = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    typed = {name: value for name, value in typed.items() if value is not None}
    typed |= {"title": "Even cleaner water", "goal_minor": "5000", "suggested_minor": "[1000]"}
    typed |= {"translations": "{}", "created_at_0": "2026-01-01", "created_at_1": "00:00"}
    answer = root.post(f"/admin/events/campaign/{campaign.pk}/change/", typed)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    page = story.client.get(f"/c/{campaign.slug}/").content.decode()
    assert "Even cleaner water" in page
    again = story.client.get(f"/c/{campaign.slug}/total/", headers={"If-None-Match": etag})
    assert again.status_code == 200
