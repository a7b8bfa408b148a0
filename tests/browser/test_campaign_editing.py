"""A campaign from its first field to its public page: in French, on a phone, looked at by axe."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from events.models import Campaign, Membership, Team
from events.states import Role
from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.test_organizer_pages import signed_in
from tests.support.browser import PHONE
from tests.support.campaigns import picture_bytes

pytestmark = [pytest.mark.django_db(transaction=True)]

_BOTH = ("light", "dark")


@pytest.mark.timeout(600)
def test_a_campaign_is_begun_written_and_published(
    open_context: Open, sandbox: Any, site: str
) -> None:
    team = Team.objects.create(
        name="Les puits", slug="puits", reply_to="a@example.org", site_account_approved=True
    )
    alice = User.objects.create_user("alice@example.org", "alice@example.org")
    Membership.objects.create(team=team, user=alice, role=Role.OWNER)
    options = {**PHONE, "reduced_motion": "reduce"}
    page = signed_in(open_context, site, "alice@example.org", **options)
    found: dict[str, list[str]] = {}

    page.goto(f"{site}/organize/")
    page.get_by_role("button", name="Créer une collecte").click()
    found |= looks.problems(page, "campaign create", _BOTH)
    page.get_by_label("Titre").fill("Une soirée pour l’eau")
    expect(page.get_by_label("Nom de l’association")).to_be_hidden()
    page.get_by_label("Une autre association").check()
    page.get_by_label("Nom de l’association").fill("Puits d’ici")
    page.get_by_label("Objectif").fill("1 000")
    page.get_by_label("Le compte de votre équipe").check()
    page.get_by_label("Argent transmis avant le").fill("2099-01-01")
    page.get_by_role("button", name="Créer la collecte").click()
    expect(page.get_by_text("Choisissez une date dans les dix ans")).to_have_count(2)
    found |= looks.problems(page, "campaign create errors", _BOTH)
    page.get_by_label("Argent transmis avant le").fill("")
    page.get_by_role("button", name="Créer la collecte").click()

    expect(page.get_by_role("link", name=re.compile("Racontez"))).to_be_visible()
    found |= looks.problems(page, "campaign overview", _BOTH)
    made = Campaign.objects.get()
    page.get_by_role("link", name=re.compile("Racontez")).click()
    page.get_by_label("Récit (Français)").fill("## Pourquoi\n\nL’eau, **tout simplement**.")
    expect(page.locator(".story-preview strong", has_text="tout simplement")).to_be_visible()
    assert not Campaign.objects.get().story
    page.get_by_label("Argent transmis avant le").fill(_in_a_year())
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    picture = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes()}
    page.get_by_label("Image", exact=True).set_input_files(picture)  # type: ignore[arg-type]
    page.get_by_label("Ce que montre l’image (Français)").fill("Un puits")
    page.get_by_role("button", name="Ajouter l’image").click()
    expect(page.get_by_role("img", name="Un puits")).to_be_visible()
    found |= looks.problems(page, "campaign edit", _BOTH)

    page.get_by_role("button", name="Voir la page").click()
    expect(page.get_by_text("seule votre équipe voit cette page")).to_be_visible()
    found |= looks.problems(page, "campaign draft", _BOTH)
    page.get_by_role("button", name="Retour à la collecte").click()
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("Elle est publique.")).to_be_visible()
    page.get_by_role("link", name="Partager", exact=True).click()
    found |= looks.problems(page, "campaign share", _BOTH)

    visitor = open_context(**options).new_page()
    visitor.goto(f"{site}/c/{made.slug}/")
    expect(visitor.get_by_role("heading", name="Pourquoi")).to_be_visible()
    expect(visitor.get_by_role("img", name="Un puits")).to_be_visible()
    for name in ("meter", "give"):
        visitor.goto(f"{site}/embed/c/{made.slug}/{name}/")
        found |= looks.problems(visitor, f"embed {name}", _BOTH)
    assert not found, "\n".join(f"{name} {what}" for name, what in found.items())


def _in_a_year() -> str:
    from datetime import timedelta

    from fundraiser.core import clock

    return (clock.now() + timedelta(days=365)).date().isoformat()
