"""Staff come into the administration with a second factor only, where the setting asks for it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from fundraiser import second_factor

pytestmark = pytest.mark.django_db

PASSWORD = "long-password-1"
INSIDE = [
    "/admin/",
    "/admin/events/team/",
    "/admin/password_change/",
    "/admin/nowhere/",
    "/organize/",
]


@pytest.fixture
def root(settings: Settings) -> User:
    settings.REQUIRE_STAFF_SECOND_FACTOR = True
    user = User.objects.create_superuser("root", "root@example.org", PASSWORD)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def _sign_in(client: Client) -> Any:
    typed = {"login": "root@example.org", "password": PASSWORD}
    return client.post("/accounts/login/?next=/admin/", typed)


def test_staff_without_a_second_factor_are_led_to_set_one_up(root: User, client: Client) -> None:
    assert _sign_in(client)["Location"] == "/admin/"
    for path in INSIDE:
        for answer in (client.get(path), client.post(path)):
            assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/"), path
    page = client.get("/accounts/2fa/").content.decode()
    assert "opens with a second factor only" in page
    assert client.get("/accounts/email/").status_code == 200, "the rest of the site is as before"

    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    form = client.get("/accounts/2fa/totp/activate/")
    assert 'src="data:image/svg+xml' in form.content.decode()
    secret = form.context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": _code(secret)}).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/events/team/").status_code == 200
    Authenticator.objects.filter(user=root).delete()
    assert client.get("/admin/").status_code == 302, "taken away, the next request is refused"


def test_recovery_codes_alone_are_no_second_factor(root: User, client: Client) -> None:
    client.force_login(root)
    codes = {"seed": "x", "used_mask": 0}
    Authenticator.objects.create(user=root, type=Authenticator.Type.RECOVERY_CODES, data=codes)
    assert client.get("/admin/").status_code == 302


def test_the_second_step_is_asked_for_and_a_recovery_code_works_once(
    root: User, client: Client
) -> None:
    client.force_login(root)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": _code(secret)})
    shown = client.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.findall(r"\b\d{8}\b", shown)
    assert len(codes) == 10
    for expected in ("/admin/", None):
        other = Client()
        assert _sign_in(other)["Location"].startswith("/accounts/2fa/authenticate/")
        assert other.get("/admin/").status_code == 302
        assert other.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
        answer = other.post("/accounts/2fa/authenticate/?next=/admin/", {"code": codes[0]})
        assert answer.headers.get("Location") == expected, "one code, one time"


def test_who_is_no_staff_needs_none(root: User, alice: User, client: Client) -> None:
    client.force_login(alice)
    assert client.get("/organize/").status_code == 200
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    assert Client().get("/admin/")["Location"].startswith("/admin/login/")


def test_control_without_the_guard_staff_come_in_by_a_password(
    root: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_factor, "is_mfa_enabled", lambda user, types: True)
    _sign_in(client)
    assert client.get("/admin/").status_code == 200  # what the first test would have reported
