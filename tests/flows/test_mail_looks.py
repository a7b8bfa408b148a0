"""How the mails to attendees read and look: each kind and situation, in both languages.

``SCREENSHOTS=/tmp/mails`` keeps pictures of all of them, to be looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.mail import EmailMultiAlternatives
from playwright.sync_api import Browser, Page

from fundraiser.mail_kinds import MAIL_KINDS
from tests.support.clock import Clock
from tests.support.mail_samples import REPLAY, ROOM, all_mails

_WIDTHS = (320, 600)
#: Where axe looks at every mail: colours are the same in both languages, and at every width.
_LOOKED_AT = {("en", 320, "light"), ("fr", 600, "dark")}
#: A text that is in no mail of ours, and in one the organizer's note with a long word.
_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

Mails = Callable[[str], dict[str, EmailMultiAlternatives]]


@pytest.fixture
def mails(db: None, clock: Clock) -> Mails:
    clock.set(datetime(2027, 3, 23, 18, 0, tzinfo=UTC))
    return all_mails


def _html(mail: EmailMultiAlternatives) -> str:
    ((content, kind),) = mail.alternatives
    assert kind == "text/html"
    return str(content)


def unreadable(text: str) -> list[str]:
    """Return what makes a mail's text part hard to read."""
    lines = text.split("\n")
    found = re.findall(r"&#?\w+;|<[a-z/][^>]*>|\{[{%].*?[%}]\}|None", text)
    if "\n\n\n" in text or text != text.strip() + "\n":
        found.append("stray blank lines")
    found += [line for line in lines if line != "-- " and line != line.rstrip()]
    found += [line for line in lines if line.startswith((" ", ",", "."))]
    if text.count("\n-- \n") != 1:
        found.append("no signature")
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_text_part_reads_well(mails: Mails, language: str) -> None:
    for name, mail in mails(language).items():
        assert unreadable(str(mail.body)) == [], name
        assert 10 < len(mail.subject) <= 78, mail.subject
        assert "\n" not in mail.subject
        hello = "Hello" if language == "en" else "Bonjour"
        assert str(mail.body).startswith(hello), name
        assert f'<html lang="{language}"' in _html(mail)
        assert _html(mail).count("<h1") == 1


def test_control_what_reads_badly_is_seen() -> None:
    good = "Hello,\n\ncome in.\n\n-- \nAlice\n"
    assert unreadable(good) == []
    for bad in (
        good.replace("come", "d&#x27;eau"),
        good.replace("come", "<b>come</b>"),
        good.replace("\n\ncome", "\n\n\ncome"),
        good.replace("come in.", "come in. "),
        good.replace("come", "{{ name }}"),
        good.replace("-- \n", ""),
        good + "\n",
    ):
        assert unreadable(bad), bad


def _class(name: str) -> str:
    """Return the class of a sample's kind: its name is the kind's, perhaps with a situation."""
    kinds = [kind for kind in MAIL_KINDS if f"{name}_".startswith(f"{kind}_")]
    return MAIL_KINDS[max(kinds, key=len)].mail_class


def test_reminders_and_news_can_be_ended_and_nothing_else(mails: Mails) -> None:
    for name, mail in mails("en").items():
        can_be_ended = _class(name) in {"reminder", "news"}
        assert ("List-Unsubscribe" in mail.extra_headers) == can_be_ended, name
        assert ("List-Unsubscribe-Post" in mail.extra_headers) == can_be_ended, name
        assert ("No more mails like this one" in str(mail.body)) == can_be_ended, name


def test_no_mail_tells_the_rooms_or_the_replays_own_address(mails: Mails) -> None:
    for name, mail in mails("en").items():
        files = "".join(str(attached[1]) for attached in mail.attachments).replace("\r\n ", "")
        for secret in (ROOM, REPLAY):
            assert secret not in mail.message().as_string() + str(mail.body) + files, name
            assert secret not in _html(mail), name


@pytest.mark.parametrize("language", ["fr"])
def test_no_english_is_left_in_french_mails(mails: Mails, language: str) -> None:
    english = re.compile(r"\b(?:the|your|you|seat|workshop|gift|and|this|link)\b", re.IGNORECASE)
    for name, mail in mails(language).items():
        shown = re.sub(r"http\S+|charity: water|Ann is ill.", "", f"{mail.subject}\n{mail.body}")
        assert english.findall(shown) == [], name
        visible = re.sub(r"<style.*?</style>|<[^>]*>|Ann is ill", " ", _html(mail), flags=re.DOTALL)
        assert english.findall(visible) == [], name


def sideways(page: Page) -> int:
    """Return by how many pixels the page has to be pushed sideways."""
    return int(page.evaluate(_SIDEWAYS))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_html_holds_on_small_screens_and_in_the_dark(
    mails: Mails, browser: Browser, language: str
) -> None:
    problems: list[str] = []
    made = mails(language)
    for width in _WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 700})
        page = context.new_page()
        for name, mail in made.items():
            page.set_content(_html(mail))
            if (wide := sideways(page)) > 0:
                problems.append(f"{name} at {width}: {wide} px too wide")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if (language, width, scheme) in _LOOKED_AT:
                    problems += [f"{name} {scheme} {width}: {one}" for one in _violations(page)]
                _photograph(page, f"{name}-{language}-{width}-{scheme}")
        context.close()
    assert not problems, "\n".join(problems)


def test_control_a_wide_mail_and_pale_ink_are_seen(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.set_content('<div style="width:400px;color:#ddd;background:#fff">pale</div>')
    assert sideways(page) > 0
    assert any("color-contrast" in one for one in _violations(page))
    page.close()


def _violations(page: Page) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:150]}" for one in found for node in one["nodes"]]


def _photograph(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
