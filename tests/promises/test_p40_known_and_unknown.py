"""Promise 40. A known and an unknown e-mail address cannot be told apart: same status, body and
timing.

No time is measured: where the database does the same work for both, and the mail leaves by the
worker, or by the mail server for both, there is no time to tell them by.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Campaign, Workshop
from events.services.mails import sender
from events.services.seating import waiting_list
from tests.support.cast import make_workshop
from tests.support.mail import SmtpSink
from tests.support.outbox import seat

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "known@example.org", "nobody@example.org"
#: What differs from one visit to the next, whoever asks.
_CHANGES = re.compile(r"csrfmiddlewaretoken[^>]*>|[0-9a-f]{8}-[0-9a-f-]{27}")


@pytest.fixture
def shop(campaign: Campaign) -> Workshop:
    """A full workshop with a line, in which the known address waits and has an account here."""
    cache.clear()
    shop = make_workshop(campaign, capacity=1, waiting_list=True)
    seat(shop, 1, email=KNOWN)
    user = User.objects.create_user(KNOWN, KNOWN, "long-password-1")
    EmailAddress.objects.create(user=user, email=KNOWN, verified=True, primary=True)
    return shop


def _line(shop: Workshop) -> tuple[str, dict[str, str]]:
    path = f"/c/{shop.campaign.slug}/{shop.slug}/wait/"
    return path, {"name": "Dora", "nonce": str(uuid.uuid4())}


def _wrong_password(shop: Workshop) -> tuple[str, dict[str, str]]:
    del shop
    return "/accounts/login/", {"password": "not-the-password"}


FORMS: dict[str, Callable[[Workshop], tuple[str, dict[str, str]]]] = {
    "lost links, and by them a year's statement": lambda shop: ("/lost/", {}),
    "the line of a full workshop": _line,
    "sign in by code": lambda shop: ("/accounts/login/code/", {}),
    "sign in by password": _wrong_password,
    "a new password": lambda shop: ("/accounts/password/reset/", {}),
    "an account": lambda shop: ("/accounts/signup/", {}),
}
#: What is ours does the same queries for both; allauth's own may look up a row more.
OURS = list(FORMS)[:2]


def asked(name: str, shop: Workshop, email: str) -> tuple[Any, list[str]]:
    """Send a form with an address; return what a visitor sees, and what the database was asked."""
    path, typed = FORMS[name](shop)
    field = "login" if path.endswith("/login/") else "email"
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, {**typed, field: email})
    shown = [answer.status_code, answer.get("Location", "")]
    pages = [answer.content.decode()]
    if answer.status_code == 302:
        pages.append(client.get(answer["Location"]).content.decode())
    shown += [_CHANGES.sub("", page.replace(email, "ADDRESS")) for page in pages]
    shapes = [_shape(one["sql"]) for one in queries]
    # Undoing costs what keeping does.
    return shown, [one for one in shapes if not one.startswith("ROLLBACK TO")]


def _shape(sql: str) -> str:
    """Return a query without its values, and without who asks, which history is told before it."""
    sql = re.sub(r"^SELECT set_config\('pghistory.+?, true\); ", "", sql)
    return re.sub(r"'[^']*'|\b\d+\b", "?", re.sub(r'"s\w+_x\d+"', "SAVEPOINT", sql))


@pytest.mark.parametrize("name", list(FORMS))
def test_both_see_the_same_page(
    name: str, shop: Workshop, smtp_sink: SmtpSink, settings: Any
) -> None:
    settings.OPEN_REGISTRATION = True
    known, unknown = asked(name, shop, KNOWN)[0], asked(name, shop, UNKNOWN)[0]
    assert known == unknown
    assert known[0] in {200, 302}
    if name.startswith(("sign in by code", "a new", "an account")):
        # Both wait for the mail server in the same way: each gets a mail.
        assert smtp_sink.recipients == [[KNOWN], [UNKNOWN]]
    else:
        assert smtp_sink.recipients == []  # what there is leaves by the worker


@pytest.mark.parametrize("name", OURS)
def test_the_database_does_the_same_for_both(
    name: str, shop: Workshop, smtp_sink: SmtpSink
) -> None:
    asked(name, shop, "warm@example.org")
    assert asked(name, shop, KNOWN)[1] == asked(name, shop, UNKNOWN)[1]
    sender.send_due()


def test_control_a_line_that_stops_early_is_seen(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        waiting_list, "_stand", lambda workshop, payer, nonce: _raise(waiting_list._KnownError())
    )
    name = OURS[1]
    known = asked(name, shop, KNOWN)[1]
    monkeypatch.undo()
    assert known != asked(name, shop, UNKNOWN)[1]


def _raise(error: Exception) -> Any:
    raise error


def test_a_capped_account_mail_still_goes_to_the_server_s_door(
    shop: Workshop, smtp_sink: SmtpSink, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LIMITS = replace(settings.LIMITS, mails_before_payment=3)
    seen = []
    for _ in range(5):
        cache.clear()  # without Redis there are no limits but ours
        seen.append(asked("sign in by code", shop, UNKNOWN))
    assert len(smtp_sink.recipients) == 3
    assert all(one[0] == seen[0][0] for one in seen)
    assert "too many that day" in caplog.text
    ours = [one.getMessage() for one in caplog.records if one.name != "mail.log"]
    assert UNKNOWN not in "".join(ours)
    for _ in range(5):  # the owner of an account is let in however often
        cache.clear()
        asked("sign in by code", shop, KNOWN)
    assert len(smtp_sink.recipients) == 8
