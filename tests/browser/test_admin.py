"""The administration in a browser: our look, our policy, the history of a row."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from playwright.sync_api import Browser, Page

from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.test_access import signed_in
from tests.support.cast import make_campaign, make_workshop
from tests.support.site import StartProcess
from tests.support.story import Story

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_the_admins_pages_say_nothing_on_the_console(
    open_context: Open,
    browser: Browser,
    story: Story,
    start_web: StartProcess,
    django_user_model: Any,
) -> None:
    """Django's own pages under our policy: no inline script or style is refused."""
    shop = make_workshop(make_campaign())
    story.give(shop)
    site = start_web().url
    root = django_user_model.objects.create_superuser("root")
    page = signed_in(open_context, story, root, site)
    for path in ["/admin/", "/admin/password_change/", *_admin_paths()]:
        answer = page.goto(f"{site}{path}")
        assert answer is not None
        assert answer.status == 200, path

    row = f"/admin/events/workshop/{shop.pk}"
    _change_and_read_history(page, f"{site}{row}")

    # axe reads Django's @import by style elements of its own, which our policy refuses it: it looks
    # in a window that nobody listens to.
    page = signed_in(browser.new_context, story, root, site)
    problems: dict[str, list[str]] = {}
    for name, path in {
        "admin index": "/admin/",
        "admin list": "/admin/events/workshop/",
        "admin object": f"{row}/change/",
        "admin history": f"{row}/history/",
        "admin money": f"/admin/donations/donation/{shop.donations.get().pk}/change/",
    }.items():
        page.goto(f"{site}{path}")
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            problems |= looks.problems(page, f"{name} {width}")
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())


def _change_and_read_history(page: Page, row: str) -> None:
    page.goto(f"{row}/change/")
    page.get_by_label("Capacity").fill("25")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{row}/history/")
    page.get_by_text("→ 25").wait_for()
    page.get_by_text("The administration").wait_for()


def _admin_paths() -> list[str]:
    paths = []
    for model in admin.site._registry:
        listing = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        row = model._default_manager.first()
        paths += [listing, *([f"{listing}{row.pk}/change/"] if row else [])]
    return paths
