"""Every public page for everybody: axe, small screens, fingers, dark colours, both languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from donations.models import Donation
from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.scene import Scene
from tests.support.browser import PHONE
from tests.support.site import StartProcess
from tests.support.story import Story

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_can_be_used_by_everybody(
    open_context: Open, story: Story, start_web: StartProcess, language: str
) -> None:
    scene = Scene(story).build()
    site = start_web().url
    context = open_context(**{**PHONE, "locale": language, "reduced_motion": "reduce"})
    page = context.new_page()
    problems: dict[str, list[str]] = {}
    for name, path in scene.paths.items():
        if name.startswith("return confirming"):
            page.route("**/apply/", lambda route: route.fulfill(status=204))
        page.goto(path if path.startswith("http") else f"{site}{path}")
        if steps := scene.steps.get(name):
            steps(page)
        assert page.locator("h1").count() == 1, name
        problems |= looks.problems(page, f"{name} {language}", looks.schemes(language))
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())


def signed_in(open_context: Open, story: Story, user: Any, site: str) -> Page:
    story.client.force_login(user)
    context = open_context(**{**PHONE, "locale": "en", "reduced_motion": "reduce"})
    session = {"name": "sessionid", "value": story.client.cookies["sessionid"].value, "url": site}
    context.add_cookies([session])
    return context.new_page()


def test_the_organizers_pages_can_be_used_by_everybody(
    open_context: Open, story: Story, start_web: StartProcess, django_user_model: Any
) -> None:
    Scene(story).build()
    site = start_web().url
    root = django_user_model.objects.create_superuser("root")
    page = signed_in(open_context, story, root, site)
    problems: dict[str, list[str]] = {}
    asked = Donation.objects.asked_back().get()
    for name, path in {
        "dashboard": "/organize/",
        "health": "/organize/health/",
        "sign out": "/accounts/logout/",
        "addresses": "/accounts/email/",
        "new password": "/accounts/password/change/",
        "answer a wish": f"/organize/refunds/{asked.public_id}/decline/",
    }.items():
        page.goto(f"{site}{path}")
        problems |= looks.problems(page, name)
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())


_PALE_IN_THE_DARK = """<!doctype html><html lang="en"><head><title>Pale</title><style>
body { background: white; color: black }
@media (prefers-color-scheme: dark) { body { background: #222; color: #333 } }
</style></head><body><main><h1>Pale</h1></main></body></html>"""


def test_control_what_only_the_dark_makes_hard_to_read_is_seen(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(_PALE_IN_THE_DARK)
    assert set(looks.problems(page, "both")) == {"both: axe dark"}
    assert set(looks.problems(page, "one", looks.schemes("fr"))) == {"one: axe dark"}
    assert looks.problems(page, "other", looks.schemes("en")) == {}
    page.close()
