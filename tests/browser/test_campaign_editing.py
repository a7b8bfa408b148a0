"""A campaign from its first field to its public page: in French, on a phone, looked at by axe."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, Route, expect

from events.models import Campaign, Membership, Team
from events.states import Role
from fundraiser.core import clock
from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.test_organizer_pages import signed_in
from tests.support.browser import PHONE
from tests.support.campaigns import picture_bytes
from tests.support.cast import make_campaign
from tests.support.site import wait_for

pytestmark = [pytest.mark.django_db(transaction=True)]


@dataclass
class Desk:
    """An organizer's page, and what was wrong with the pages that were looked at."""

    page: Page
    site: str
    found: dict[str, list[str]] = field(default_factory=dict)

    def look(self, name: str, *schemes: str) -> None:
        """Look at the page as it stands, in light and dark unless told otherwise."""
        self.found |= looks.problems(self.page, name, schemes or ("light", "dark"))

    def press(self, name: str, role: Any = "button") -> None:
        """Press a button, or follow a link."""
        self.page.get_by_role(role, name=name, exact=True).click()


def _alice() -> Team:
    team = Team.objects.create(
        name="Les puits", slug="puits", reply_to="a@example.org", site_account_approved=True
    )
    alice = User.objects.create_user("alice@example.org", "alice@example.org")
    Membership.objects.create(team=team, user=alice, role=Role.OWNER)
    return team


def _previewed(page: Page) -> Locator:
    return page.locator(".story-preview strong", has_text="tout simplement")


@pytest.mark.timeout(600)
def test_a_campaign_is_begun_written_and_published(open_context: Open, site: str) -> None:
    _alice()
    options = {**PHONE, "reduced_motion": "reduce"}
    desk = Desk(signed_in(open_context, site, "alice@example.org", **options), site)
    _begin(desk)
    _write(desk)
    _publish(desk)
    desk.page = open_context(**options).new_page()
    _visit(desk)
    assert not desk.found, "\n".join(f"{name} {what}" for name, what in desk.found.items())


def test_a_story_typed_before_its_script_came_is_shown(open_context: Open, site: str) -> None:
    campaign = make_campaign(team=_alice(), language="fr")
    page = signed_in(open_context, site, "alice@example.org", **PHONE)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/story*.js", hold)
    address = f"{site}/organize/campaigns/{campaign.public_id}/edit/"
    page.goto(address, wait_until="commit")
    page.get_by_label("Récit (Français)").fill("L’eau, **tout simplement**.")
    wait_for(lambda: page.wait_for_timeout(50) or bool(late), what="the script is asked for")
    expect(_previewed(page)).to_have_count(0)
    late[0].continue_()
    expect(_previewed(page)).to_be_visible()


def _begin(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.site}/organize/")
    desk.press("Créer une collecte")
    desk.look("campaign create")
    page.get_by_label("Titre").fill("Une soirée pour l’eau")
    expect(page.get_by_label("Nom de l’association")).to_be_hidden()
    page.get_by_label("Une autre association").check()
    page.get_by_label("Nom de l’association").fill("Puits d’ici")
    page.get_by_label("Objectif").fill("1 000")
    page.get_by_label("Le compte de votre équipe").check()
    page.get_by_label("Argent transmis au plus tard le").fill("2099-01-01")
    desk.press("Créer la collecte")
    expect(page.get_by_text("Choisissez une date dans les dix ans")).to_have_count(2)
    desk.look("campaign create errors", "light")
    page.get_by_label("Argent transmis au plus tard le").fill("")
    desk.press("Créer la collecte")
    expect(page.get_by_role("link", name=re.compile("Racontez"))).to_be_visible()
    desk.look("campaign overview")


def _write(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name=re.compile("Racontez")).click()
    page.get_by_label("Récit (Français)").fill("## Pourquoi\n\nL’eau, **tout simplement**.")
    expect(_previewed(page)).to_be_visible()
    assert not Campaign.objects.get().story
    in_a_year = (clock.now() + timedelta(days=365)).date().isoformat()
    page.get_by_label("Argent transmis au plus tard le").fill(in_a_year)
    desk.press("Enregistrer")
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    file: Any = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes()}
    page.get_by_label("Image", exact=True).set_input_files(file)
    page.get_by_label("Ce que montre l’image (Français)").fill("Un puits")
    desk.press("Ajouter l’image")
    expect(page.get_by_role("img", name="Un puits")).to_be_visible()
    desk.look("campaign edit")


def _publish(desk: Desk) -> None:
    page = desk.page
    desk.press("Voir la page")
    expect(page.get_by_text("seule votre équipe voit cette page")).to_be_visible()
    desk.look("campaign draft", "light")
    desk.press("Retour à la collecte")
    desk.press("Publier")
    expect(page.get_by_text("Elle est publique.")).to_be_visible()
    desk.press("Partager", "link")
    desk.look("campaign share")


def _visit(desk: Desk) -> None:
    page, slug = desk.page, Campaign.objects.get().slug
    page.goto(f"{desk.site}/c/{slug}/")
    expect(page.get_by_role("heading", name="Pourquoi")).to_be_visible()
    expect(page.get_by_role("img", name="Un puits")).to_be_visible()
    for name in ("meter", "give"):
        page.goto(f"{desk.site}/embed/c/{slug}/{name}/")
        desk.look(f"embed {name}")
