"""A missing or contradictory setting stops the start with one sentence naming the variable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fundraiser.local.places import ROOT

_LIVE = {"STRIPE_SECRET_KEY": "sk_live_x", "SITE_URL": "https://give.example.org"}
_WRONG = {
    "live key, base of nobody's": (
        _LIVE | {"STRIPE_API_BASE": "http://127.0.0.1:1"},
        "STRIPE_API_BASE is not Stripe's while STRIPE_SECRET_KEY is a live key",
    ),
    "live key without TLS": (
        {
            "STRIPE_SECRET_KEY": "sk_live_x",
            "STRIPE_API_BASE": "https://api.stripe.com",
            "SITE_URL": "http://give.example.org",
        },
        "SITE_URL must start with https://",
    ),
    "test key beside a test key": (
        {"STRIPE_TEST_SECRET_KEY": "sk_test_y", "STRIPE_TEST_WEBHOOK_SECRET": "whsec_y"},
        "STRIPE_TEST_SECRET_KEY is set while STRIPE_SECRET_KEY is no live key",
    ),
    "live key for tests": (
        {"STRIPE_TEST_SECRET_KEY": "sk_live_y", "STRIPE_TEST_WEBHOOK_SECRET": "whsec_y"},
        "STRIPE_TEST_SECRET_KEY is no test key",
    ),
    "publishable key": ({"STRIPE_SECRET_KEY": "pk_test_x"}, "STRIPE_SECRET_KEY is no Stripe"),
    "no secret key": ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY is not set"),
    "no webhook secret": ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET is not set"),
    "wrong webhook secret": (
        {"STRIPE_WEBHOOK_SECRET": "sk_test_x"},
        "STRIPE_WEBHOOK_SECRET is no webhook signing secret",
    ),
    "wrong secret in a rotation": (
        {"STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_a,b"},
        "STRIPE_CONNECT_WEBHOOK_SECRET is no webhook signing secret",
    ),
    "short key": ({"LINK_KEY": "short"}, "LINK_KEY must have 32 characters"),
    "equal keys": ({"LINK_KEY": "k" * 40, "SECRET_KEY": "k" * 40}, "LINK_KEY is the same as"),
    "no key": ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
    "site without scheme": ({"SITE_URL": "give.example.org"}, "SITE_URL is no address"),
    "debug in public": (
        {"DEBUG": "true", "SITE_URL": "https://give.example.org"},
        "DEBUG is on while SITE_URL is not this machine",
    ),
    "another database": ({"DATABASE_URL": "sqlite:///x.db"}, "DATABASE_URL is not PostgreSQL"),
    "no database": ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
    "no Redis": ({"REDIS_URL": ""}, "REDIS_URL is not set"),
    "half a BigBlueButton": (
        {"BIGBLUEBUTTON_URL": "https://rooms.example.org/bigbluebutton"},
        "BIGBLUEBUTTON_URL and BIGBLUEBUTTON_SECRET are of use together only",
    ),
    "Jitsi without TLS": ({"JITSI_URL": "http://jitsi.example.org"}, "JITSI_URL must start with"),
    "short token for metrics": ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN must have 16"),
    "unknown format of logs": ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is none of"),
    "backups to nowhere": ({"BACKUP_TO": "backups"}, "BACKUP_TO is no place for backups"),
    "no backup kept": ({"BACKUP_KEEP": "0"}, "BACKUP_KEEP must be 1 or more"),
    "half a key for backups": (
        {"BACKUP_S3_ACCESS_KEY": "key"},
        "BACKUP_S3_ACCESS_KEY and BACKUP_S3_SECRET_KEY are of use together only",
    ),
    "no mail": ({"EMAIL_URL": ""}, "EMAIL_URL is not set"),
}


def _check(**variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "manage.py", "check"]
    return subprocess.run(
        command,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_these_settings_are_right() -> None:
    """The control of the test below."""
    done = _check()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("case", _WRONG)
def test_a_wrong_setting_stops_the_start_with_a_sentence(case: str) -> None:
    variables, sentence = _WRONG[case]
    done = _check(**variables)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert sentence in last
    assert last.endswith((".", "…"))


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk_live_from_a_file\n")
    environment = {name: value for name, value in os.environ.items() if name != "STRIPE_SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "check"],
        env={**environment, "STRIPE_SECRET_KEY_FILE": str(file)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "STRIPE_SECRET_KEY is a live key" in done.stderr, "the file's key was read"
