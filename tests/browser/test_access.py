"""Every public page for everybody: axe, small screens, fingers, dark colours, both languages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.scene import Scene
from tests.support.browser import PHONE
from tests.support.cast import make_campaign, make_workshop
from tests.support.site import StartProcess
from tests.support.story import Story

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]

#: Interactive targets smaller than 24 × 24 px (WCAG 2.5.8); a link within a sentence may be, and
#: what covers a native control (a label around a radio button) counts as the control.
_SMALL_TARGETS = """() => {
  const targets = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const small = [];
  for (const element of document.querySelectorAll(targets)) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const label = element.closest('label');
    const box = (label ?? element).getBoundingClientRect();
    const outside = box.right < 0 || box.bottom < 0;
    const inline = getComputedStyle(element).display === 'inline' &&
      element.parentElement.textContent.trim() !== element.textContent.trim();
    if (outside || inline || box.width === 0 || element.tabIndex < 0) continue;
    if (box.width < 24 || box.height < 24) {
      small.push(`${element.outerHTML.slice(0, 90)} ${box.width}x${box.height}`);
    }
  }
  return small;
}"""
_WIDER = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return [];
  const limit = document.documentElement.clientWidth;
  return [...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > limit + 1)
    .map((e) => e.outerHTML.slice(0, 90)).slice(0, 5);
}"""


def _violations(page: Page) -> list[str]:
    """Return what axe finds, each with the element and why."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"]
    ]


def _photograph(page: Page, name: str) -> None:
    """Keep a picture of the page in the folder that SCREENSHOTS names, if it does."""
    if folder := os.environ.get("SCREENSHOTS"):
        file = Path(folder) / f"{name.replace(' ', '-')}.png"
        page.screenshot(path=file, full_page=True)


def _problems(page: Page, name: str) -> dict[str, list[str]]:
    found = {"small targets": page.evaluate(_SMALL_TARGETS), "too wide": page.evaluate(_WIDER)}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        _photograph(page, f"{name} {scheme}")
        found[f"axe {scheme}"] = _violations(page)
    page.emulate_media(color_scheme="light")
    return {f"{name}: {kind}": list_ for kind, list_ in found.items() if list_}


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
        problems |= _problems(page, f"{name} {language}")
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())


def _signed_in(open_context: Open, story: Story, user: Any, site: str) -> Page:
    story.client.force_login(user)
    context = open_context(**{**PHONE, "locale": "en", "reduced_motion": "reduce"})
    session = {"name": "sessionid", "value": story.client.cookies["sessionid"].value, "url": site}
    context.add_cookies([session])
    return context.new_page()


def test_the_admins_pages_say_nothing_on_the_console(
    open_context: Open, story: Story, start_web: StartProcess, django_user_model: Any
) -> None:
    """Django's own pages under our policy: no inline script or style is refused."""
    story.give(make_workshop(make_campaign()))
    site = start_web().url
    root = django_user_model.objects.create_superuser("root")
    page = _signed_in(open_context, story, root, site)
    for path in ["/admin/", "/admin/password_change/", *_admin_paths()]:
        answer = page.goto(f"{site}{path}")
        assert answer is not None
        assert answer.status == 200, path


def _admin_paths() -> list[str]:
    paths = []
    for model in admin.site._registry:
        listing = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        row = model._default_manager.first()
        paths += [listing, *([f"{listing}{row.pk}/change/"] if row else [])]
    return paths


def test_the_organizers_pages_can_be_used_by_everybody(
    open_context: Open, story: Story, start_web: StartProcess, django_user_model: Any
) -> None:
    Scene(story).build()
    site = start_web().url
    root = django_user_model.objects.create_superuser("root")
    page = _signed_in(open_context, story, root, site)
    problems: dict[str, list[str]] = {}
    for name, path in {
        "dashboard": "/organize/",
        "sign out": "/accounts/logout/",
        "addresses": "/accounts/email/",
        "new password": "/accounts/password/change/",
    }.items():
        page.goto(f"{site}{path}")
        problems |= _problems(page, name)
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())
