"""How the mails that a team writes or gets read and look, in both languages.

``SCREENSHOTS=/tmp/mails`` keeps pictures of all of them, to be looked at.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from tests.flows import test_mail_looks as looks
from tests.support.clock import Clock
from tests.support.team_samples import team_mails


@pytest.fixture(autouse=True)
def morning(clock: Clock) -> None:
    clock.set(datetime(2027, 3, 23, 18, 0, tzinfo=UTC))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_text_part_reads_well_and_nothing_foreign_is_left(db: None, language: str) -> None:
    english = re.compile(r"\b(?:the|your|you|seat|workshop|gift|and|this|link)\b", re.IGNORECASE)
    for name, mail in team_mails(language).items():
        text, html = str(mail.body), looks._html(mail)
        assert looks.unreadable(text) == [], name
        assert 5 < len(mail.subject) <= 78, mail.subject
        assert f'<html lang="{language}"' in html
        assert html.count("<h1") == 1
        if language == "fr":
            own = "charity: water|Alice’s team|How to open a web shop"
            shown = re.sub(rf"http\S+|{own}", "", f"{mail.subject}\n{text}")
            assert english.findall(shown) == [], name
            body = re.sub(rf"<style.*?</style>|<[^>]*>|{own}", " ", html, flags=re.DOTALL)
            assert english.findall(body) == [], name


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_html_holds_on_small_screens_and_in_the_dark(
    db: None, browser: Browser, language: str
) -> None:
    problems: list[str] = []
    page = browser.new_page(viewport={"width": 320, "height": 700})
    for name, mail in team_mails(language).items():
        page.set_content(looks._html(mail))
        if (wide := looks.sideways(page)) > 0:
            problems.append(f"{name}: {wide} px too wide")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            if (language, scheme) != ("fr", "dark"):  # its colours are those of the English one
                problems += [f"{name} {scheme}: {one}" for one in looks._violations(page)]
            looks._photograph(page, f"{name}-{language}-{scheme}")
    page.close()
    assert not problems, "\n".join(problems)
