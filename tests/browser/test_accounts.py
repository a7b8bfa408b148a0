"""An organizer's account in a browser: made by a code, signed in to by a passkey, usable by all."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from events.models import Membership, Team
from events.states import Role
from tests.browser import looks
from tests.browser.conftest import Open
from tests.support.browser import PHONE
from tests.support.mail import SmtpSink
from tests.support.story import body

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
OUTSIDE = ["login/", "signup/", "signup/passkey/", "login/code/"]
INSIDE = ["email/", "password/set/", "2fa/", "2fa/totp/activate/", "2fa/webauthn/", "sessions/"]


def _look(page: Page, site: str, paths: list[str], found: dict[str, list[str]]) -> None:
    for path in paths:
        page.goto(f"{site}{path}")
        assert page.locator("h1").count() == 1, path
        found |= looks.problems(page, path.strip("/").replace("/", "-"), ("light", "dark"))


def _with_a_key(page: Page) -> None:
    """Give the browser an authenticator of its own (chromedevtools.github.io, WebAuthn)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _KEY})


def _confirm(page: Page, site: str, then: str) -> None:
    """Use the key at the page that asks who it is before it goes on."""
    page.get_by_role("button", name="Use a security key").click()
    expect(page).to_have_url(re.compile("/webauthn/reauthenticate/"))
    page.locator("#mfa_webauthn_reauthenticate").click()
    expect(page).to_have_url(f"{site}{then}")


def test_an_account_by_code_and_passkey_and_its_pages_for_everybody(
    open_context: Open, site: str, smtp_sink: SmtpSink, settings: Settings
) -> None:
    settings.OPEN_REGISTRATION = True
    settings.TEAM_OPENING = "open"
    page = open_context(**{**PHONE, "locale": "en-US", "reduced_motion": "reduce"}).new_page()
    found: dict[str, list[str]] = {}
    _look(page, site, [f"/accounts/{one}" for one in OUTSIDE], found)

    page.goto(f"{site}/accounts/signup/")
    page.get_by_label("Email").fill("zoe@example.org")
    page.get_by_role("button", name="Make the account").click()
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", body(smtp_sink.messages[-1]))
    assert code is not None
    page.locator("input[name=code]").fill(code[0])
    page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(f"{site}/organize/")

    _with_a_key(page)
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.locator("input[name=name]").fill("My phone")
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    _confirm(page, site, "/accounts/2fa/recovery-codes/")  # once more, to see the codes
    page.goto(f"{site}/accounts/logout/")
    page.locator("main form button[type=submit]").click()
    page.goto(f"{site}/accounts/login/")
    page.locator("#passkey_login").click()
    expect(page).to_have_url(f"{site}/organize/")

    user = User.objects.get(email="zoe@example.org")
    team = Team.objects.create(name="Wells", slug="wells", reply_to="wells@example.org")
    Membership.objects.create(team=team, user=user, role=Role.OWNER)
    _look(page, site, ["/accounts/2fa/totp/activate/"], found)  # asks for the key once more
    _confirm(page, site, "/accounts/2fa/totp/activate/")
    own = f"{team.public_id}/"
    teams = [f"/organize/teams/{one}" for one in ("", "open/", own, f"{own}tokens/")]
    _look(page, site, [*(f"/accounts/{one}" for one in INSIDE), *teams], found)
    assert not found, "\n".join(f"{name} {what}" for name, what in found.items())
