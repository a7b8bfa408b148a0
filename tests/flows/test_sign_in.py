"""Signing up and in: by code, by password, by other accounts; addresses changed, sessions ended."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django.fixtures import Settings

from fundraiser import account_settings, checks
from tests.support.mail import SmtpSink
from tests.support.story import body

pytestmark = pytest.mark.django_db

PASSWORD = "long-password-1"


def _code(sink: SmtpSink) -> str:
    """Return the code in the latest mail."""
    found = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", body(sink.messages[-1]))
    assert found is not None, body(sink.messages[-1])
    return found[0]


def _known(email: str = "zoe@example.org") -> User:
    user = User.objects.create_user(email, email, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def test_sign_up_by_code_needs_no_password_and_is_closed_by_default(
    client: Client, smtp_sink: SmtpSink, settings: Settings
) -> None:
    typed = {"email": "zoe@example.org"}
    closed = client.post("/accounts/signup/", typed)
    assert "by invitation" in closed.content.decode()
    assert "/accounts/signup/" not in client.get("/accounts/login/").content.decode()
    settings.OPEN_REGISTRATION = True
    assert "/accounts/signup/" in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/signup/", typed).status_code == 302
    assert client.get("/organize/").status_code == 302, "not before the code"
    assert client.post("/accounts/confirm-email/", {"code": "wrong"}).status_code == 200
    answer = client.post("/accounts/confirm-email/", {"code": _code(smtp_sink)})
    assert answer.status_code == 302
    assert client.get("/organize/").status_code == 200
    user = User.objects.get(email="zoe@example.org")
    assert EmailAddress.objects.get(user=user).verified
    assert not user.has_usable_password()


def test_sign_in_by_code_and_by_password(client: Client, smtp_sink: SmtpSink) -> None:
    _known()
    assert client.post("/accounts/login/code/", {"email": "zoe@example.org"}).status_code == 302
    code = _code(smtp_sink)
    assert client.post("/accounts/login/code/confirm/", {"code": code}).status_code == 302
    assert client.get("/organize/").status_code == 200
    other = Client()
    typed = {"login": "zoe@example.org", "password": PASSWORD}
    assert other.post("/accounts/login/", {**typed, "password": "no"}).status_code == 200
    assert other.post("/accounts/login/", typed)["Location"] == "/organize/"


def test_a_new_address_counts_once_its_code_came_back(client: Client, smtp_sink: SmtpSink) -> None:
    user = _known()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    typed = {"email": "new@example.org", "action_add": ""}
    assert client.post("/accounts/email/", typed).status_code == 302
    user.refresh_from_db()
    assert user.email == "zoe@example.org"
    assert smtp_sink.recipients[-1] == ["new@example.org"]
    client.post("/accounts/confirm-email/", {"code": _code(smtp_sink)})
    user.refresh_from_db()
    assert user.email == "new@example.org"
    told = [to for (to,) in smtp_sink.recipients]
    assert "zoe@example.org" in told, "the old address hears of it"


def test_sessions_are_listed_and_the_others_ended(client: Client) -> None:
    user = _known()
    elsewhere, typed = Client(), {"login": user.email, "password": PASSWORD}
    elsewhere.post("/accounts/login/", typed, headers={"User-Agent": "Elsewhere/1.0"})
    client.post("/accounts/login/", typed, headers={"User-Agent": "Here/1.0"})
    page = client.get("/accounts/sessions/").content.decode()
    assert "Elsewhere/1.0" in page
    assert "Here/1.0" in page
    assert client.post("/accounts/sessions/").status_code == 302
    assert elsewhere.get("/organize/").status_code == 302
    assert client.get("/organize/").status_code == 200
    assert "Elsewhere/1.0" not in client.get("/accounts/sessions/").content.decode()


def test_the_pages_of_an_account_have_nothing_inline(client: Client, settings: Settings) -> None:
    settings.OPEN_REGISTRATION = True
    paths = ["login/", "signup/", "signup/passkey/", "login/code/", "password/reset/"]
    inside = ["email/", "password/change/", "2fa/", "2fa/totp/activate/", "2fa/webauthn/add/"]
    pages = {path: client.get(f"/accounts/{path}") for path in paths}
    client.post("/accounts/login/", {"login": _known().email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    pages |= {path: client.get(f"/accounts/{path}") for path in [*inside, "sessions/", "logout/"]}
    for path, answer in pages.items():
        page: str = answer.content.decode()
        assert answer.status_code == 200, path
        assert "css/tokens.css" in page, "our look"
        for script in re.findall(r"<script[^>]*>", page):
            assert "src=" in script or 'type="application/json"' in script, (path, script)
        assert not re.search(r"\s(?:style|on[a-z]+)=", page), path


def _social(**values: str) -> dict[str, Any]:
    empty = dict.fromkeys(account_settings.SOCIAL_NAMES, "")
    return {**empty, "OPENID_CONNECT_NAME": "House", **values}


OPENID = {
    "OPENID_CONNECT_URL": "https://id.example.org/realm",
    "OPENID_CONNECT_CLIENT_ID": "one",
    "OPENID_CONNECT_CLIENT_SECRET": "two",
}


def test_other_accounts_are_off_until_they_are_set_whole() -> None:
    assert account_settings.providers(_social()) == {}
    google = _social(GOOGLE_CLIENT_ID="g", GOOGLE_CLIENT_SECRET="s")
    both = account_settings.providers({**google, **OPENID})
    assert list(both) == ["google", "openid_connect"]
    assert account_settings.apps(both)[0] == "allauth.socialaccount.providers.google"
    assert both["openid_connect"]["APPS"][0]["name"] == "House"
    assert account_settings.origins({**google, **OPENID}, both) == [
        "https://accounts.google.com",
        "https://id.example.org",
    ]


@pytest.mark.parametrize("missing", [*OPENID, "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"])
def test_a_half_given_provider_stops_the_start_and_names_the_variable(
    settings: Settings, missing: str
) -> None:
    whole = _social(**OPENID, GOOGLE_CLIENT_ID="g", GOOGLE_CLIENT_SECRET="s")
    settings.SOCIAL = whole
    checks.refuse_contradictions()
    settings.SOCIAL = {**whole, missing: ""}
    with pytest.raises(ImproperlyConfigured, match=f"{missing} is not set"):
        checks.refuse_contradictions()
