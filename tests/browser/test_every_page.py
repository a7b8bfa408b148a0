"""Every address of the URLconf that answers with a page, for whoever may see it: axe in light and
dark, on a phone, in both languages, and every control reached by the keyboard.

The other tests in this folder look at the same kinds of pages filled with more; here none can be
forgotten, since they come from the access matrix. ``make test-slow``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import URLPattern
from playwright.sync_api import Browser, BrowserContext, Page

from donations.gateway.stripe import for_visitors
from events.models import Series
from tests.access import own_pages
from tests.access.persons import people
from tests.access.stage import Stage, addresses
from tests.access.table import stated
from tests.browser import looks
from tests.browser.conftest import Open
from tests.support.browser import PHONE
from tests.support.cast import make_campaign, make_gift, make_workshop, start
from tests.support.sandbox import SandboxControl

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(1800),
]

#: Who looks at what: each page is looked at by the first who may see it.
LOOKING = ("anonymous", "attendee", "viewer", "organizer", "admin")


@pytest.fixture
def stage(transactional_db: None, sandbox: SandboxControl) -> Stage:
    """What the access matrix visits, committed."""
    campaign = make_campaign()
    series = Series.objects.create(campaign=campaign, slug="dates", title="Dates")
    workshop = make_workshop(campaign, capacity=5, series=series)
    mine, others = (start(workshop, make_gift(), for_visitors()) for _ in range(2))
    paid = own_pages.paid(workshop, sandbox)
    return Stage(workshop, mine, others, people(workshop), paid=paid)


def _is_page(answer: HttpResponse) -> bool:
    """Whether it is a whole page: no part that a script asks for, and no mail as it will look,
    in which no script runs, nor axe (tests/flows/test_mail_looks.py looks at mails)."""
    if answer.status_code != 200 or answer.streaming:
        return False
    in_frame = "sandbox" in answer.headers.get("Content-Security-Policy", "")
    return b"<!doctype html" in answer.content[:200].lower() and not in_frame


def _pages(stage: Stage, person: str) -> Iterator[tuple[str, str]]:
    """Yield name and path of the pages that nobody before this person may see."""
    table = stated()
    before = LOOKING[: LOOKING.index(person)]
    for name, pattern in addresses():
        # Django's own pages have a test that looks at each sort: test_admin.py.
        if name.startswith("admin:") or table[name, person][0] != "200":
            continue
        if any(table[name, one][0] == "200" for one in before):
            continue
        if _is_page(stage.call(person, "GET", name, pattern)):
            yield name, stage.path(person, name, pattern)


def _context(
    open_context: Open, stage: Stage, person: str, site: str, **how: Any
) -> BrowserContext:
    context = open_context(**{**PHONE, "reduced_motion": "reduce", **how})
    stage.client(person)  # signs in
    if key := stage.sessions.get(person):
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": key, "url": site}])
    return context


def _problems(page: Page, name: str, schemes: tuple[str, ...]) -> dict[str, list[str]]:
    page.eval_on_selector_all("main details", "all => all.forEach(one => { one.open = true })")
    found = looks.problems(page, name, schemes)
    if "dark" in schemes and (missed := looks.out_of_reach(page)):
        found[f"{name}: not reached by the keyboard"] = missed
    return found


@pytest.mark.parametrize("person", LOOKING)
def test_every_page_can_be_used_by_everybody(
    open_context: Open, stage: Stage, site: str, person: str
) -> None:
    pages = dict(_pages(stage, person))
    assert pages
    problems: dict[str, list[str]] = {}
    for language, schemes in (("en", ("light", "dark")), ("fr", ("light",))):
        page = _context(open_context, stage, person, site, locale=language).new_page()
        for name, path in pages.items():
            page.goto(f"{site}{path}")
            problems |= _problems(page, f"{name} {language}", schemes)
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())


def test_control_what_no_key_reaches_is_seen(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        "<a href='#'>one</a> <input name='two'> <button onfocus='this.blur()'>three</button>"
    )
    assert [one[:7] for one in looks.out_of_reach(page)] == ["<button"]
    page.close()


def test_control_every_pattern_is_stated(stage: Stage) -> None:
    names: list[tuple[str, URLPattern]] = list(addresses())
    assert {name for name, _pattern in names} <= {name for name, _person in stated()}
