"""Promise 36. Attendee links are signed (≥ 128 bits) with a key that is not in the database,
revocable, never logged, never leak by Referer; GET never changes anything.

Revocation is tried in test_p35_revocation.py; that GET changes nothing, in
test_p34_access_matrix.py.
"""

from __future__ import annotations

import base64
import json
import logging
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from donations.models import Donation
from events.services.mails import sender
from fundraiser.core import links, logs
from tests.access.stage import Stage, addresses, takes_token
from tests.access.tokens import PURPOSES
from tests.promises.test_p34_access_matrix import stage  # noqa: F401 -- the same stage
from tests.support.race import Call, at_once

ADDRESSES = {name: one for name, one in addresses() if takes_token(one)}
#: Referrer policies that tell other sites nothing but the site's own name, or not even that
#: (www.w3.org/TR/referrer-policy).
SILENT = {"no-referrer", "same-origin", "strict-origin", "origin"}


def test_a_signature_has_at_least_128_bits() -> None:
    token = links.make("booking", uuid.uuid4(), 1)
    signature = token.rpartition(".")[2]
    assert len(base64.urlsafe_b64decode(signature + "=")) * 8 == 256


def test_another_key_makes_another_link(settings: Any) -> None:
    public_id = uuid.uuid4()
    before = links.make("booking", public_id)
    settings.LINK_KEY = "another-key-of-more-than-fifty-characters-in-length-xyz"
    assert links.make("booking", public_id) != before
    with pytest.raises(links.InvalidLinkError):
        links.read("booking", before)


@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_changed_letter_gets_through(data: Any) -> None:
    token = links.make("booking", uuid.UUID(int=7), 3)
    position = data.draw(st.integers(0, len(token) - 2))  # the last one has two bits to spare
    other = data.draw(st.characters(codec="utf-8").filter(lambda one: one != token[position]))
    with pytest.raises(links.InvalidLinkError):
        links.read("booking", token[:position] + other + token[position + 1 :])


def whole_database() -> str:
    """Return the text of every row of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        rows: list[str] = []
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            rows += [text for (text,) in cursor.fetchall()]
    return "\n".join(rows)


def found_in(text: str, secrets: list[str]) -> list[str]:
    """Return the secrets that stand in a text: whole, or their signature alone."""
    parts = {secret: secret.rpartition(".")[2] or secret for secret in secrets}
    return [secret for secret, part in parts.items() if part in text]


def secrets_of(stage: Stage) -> list[str]:  # noqa: F811
    return [stage.token("attendee", purpose) for purpose in sorted({*PURPOSES.values()})]


def test_neither_key_nor_link_is_in_the_database(
    stage: Stage,  # noqa: F811
    smtp_sink: Any,
    client: Client,
) -> None:
    sender.send_due()
    secrets = [settings.LINK_KEY, settings.SECRET_KEY, *secrets_of(stage)]
    assert found_in(whole_database(), secrets) == []


def test_control_a_stored_link_is_seen(stage: Stage) -> None:  # noqa: F811
    own = secrets_of(stage)[0]
    Donation.objects.filter(pk=stage.mine.pk).update(message=f"see /b/{own}/")
    assert found_in(whole_database(), [own]) == [own]


@pytest.mark.parametrize("name", list(ADDRESSES))
@pytest.mark.parametrize("person", ["attendee", "anonymous"])
def test_no_page_behind_a_link_is_kept_by_a_cache_or_tells_other_sites_its_address(
    stage: Stage,  # noqa: F811
    name: str,
    person: str,
) -> None:
    for method in ("GET", "POST"):
        answer = stage.call(person, method, name, ADDRESSES[name])
        assert answer.headers["Referrer-Policy"] in SILENT
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy  # nothing of other sites is loaded
        if answer.status_code == 200:
            assert "private" in answer.headers["Cache-Control"]


def calls_of(token: str) -> list[Call]:
    """Return requests in which a link stands wherever it could get into a log."""
    paths = [f"/b/{token}/", f"/checkout/{token}/", f"/g/{token}/", f"/b/{token}x/"]
    calls = [Call(path, method) for path in paths for method in ("GET", "POST", "PUT", "BREW")]
    calls += [Call(f"/nowhere/{token}", "GET"), Call(f"/organize/?next=/b/{token}/", "POST")]
    calls.append(Call(f"/b/{token}/", "GET", headers={"Host": "elsewhere.example"}))
    calls.append(Call(f"/b/{token}/", "GET", headers={"Referer": f"http://x/{token}/"}))
    calls.append(Call(f"/b/{token}/ X", "GET"))  # no request line
    calls.append(Call(f"/b/{token}/", "GET", headers={"Broken Header": token}))
    calls.append(Call(f"/ {token} dora@example.org", "GET"))  # gunicorn would repeat it
    calls.append(Call("/stripe/webhook/", body=token.encode()))
    return calls


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_the_web_server_logs_no_link(sandbox: object, start_web: Any) -> None:
    from donations.gateway.stripe import for_visitors
    from tests.support.cast import make_campaign, make_gift, make_workshop, start

    donation = start(make_workshop(make_campaign()), make_gift(), for_visitors())
    stage = Stage(donation.workshop, donation, donation, {})  # noqa: F811
    web = start_web(LOG_LEVEL="DEBUG", LOG_FORMAT="json")
    for secret in secrets_of(stage):
        at_once(web.url, calls_of(secret), parallel=4)
    said = web.output()
    assert found_in(said, secrets_of(stage)) == []
    assert donation.email not in said
    lines = [json.loads(line) for line in said.splitlines()]  # gunicorn's own, too
    refused = [one["message"] for one in lines if "refused" in one["message"]]
    assert set(refused) == {"a request that cannot be read was refused"}
    assert not any("ip=" in one["message"] for one in lines)


@pytest.fixture
def logged() -> Any:
    """Return a function that logs as production does, and gives back the line."""
    configured = settings.LOGGING["handlers"]["console"]
    handler = next(
        one for one in logging.getLogger().handlers if isinstance(one, logging.StreamHandler)
    )
    assert configured["class"] == "logging.StreamHandler"

    def line(record: logging.LogRecord) -> str:
        handler.filter(record)
        return handler.format(record)

    return line


def _record(message: str, *arguments: object, error: BaseException | None = None) -> Any:
    about = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("x", logging.ERROR, "f", 1, message, arguments, about)  # type: ignore[arg-type]


def test_a_message_and_an_errors_traceback_lose_links_and_addresses(logged: Any) -> None:
    token = links.make("booking", uuid.uuid4(), 1)
    error = ValueError(f"/b/{token}/ of dora@example.org")
    for record in (
        _record("Not Found: %s of %s", f"/b/{token}/", "dora@example.org"),
        _record("Internal Server Error", error=error),
    ):
        line = logged(record)
        assert found_in(line, [token]) == []
        assert "dora@example.org" not in line


def test_a_refused_row_is_not_repeated_and_the_traceback_goes_on(logged: Any) -> None:
    """PostgreSQL tells the whole row: a name, and a message over several lines."""
    told = 'violates "x"\nDETAIL:  Failing row contains (12, Zoë Martin, Go\non, null).\n'
    error = RuntimeError("not saved")
    error.__cause__ = IntegrityError(told)
    line = logged(_record("it failed", error=error))
    assert 'violates "x"' in line
    assert "RuntimeError: not saved" in line
    assert not [one for one in ("Zoë", "Martin", "Go\non") if one in line]
    assert "Zoë" in logging.Formatter().format(_record(told))  # the control


def test_control_without_the_cleaning_a_link_is_logged(
    logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = links.make("booking", uuid.uuid4(), 1)
    monkeypatch.setattr(logs, "cleaned", lambda text: text)
    assert found_in(logged(_record("Not Found: %s", f"/b/{token}/")), [token]) == [token]
