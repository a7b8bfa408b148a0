"""The embedded engines of a test run, started before Django reads its settings (tests/plugin.py).

The controller of pytest-xdist, or the single process, starts PostgreSQL and Valkey; workers
inherit the addresses and narrow them down to a Redis database of their own (pytest-django gives
each a PostgreSQL database of its own).
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
from pathlib import Path

from fundraiser.local.messages import compile_stale
from fundraiser.local.places import LOCAL, ROOT, engine_directory
from fundraiser.local.ports import free_port
from fundraiser.local.postgres import Postgres
from fundraiser.local.processes import is_alive
from fundraiser.local.valkey import Valkey
from tests.migrated import NAME, settings, start

#: Settings that the tests decide; what a developer's shell has for these does not count.
_FIXED = {
    "SECRET_KEY": "tests-only-secret-key-of-more-than-fifty-characters-in-length",
    "LINK_KEY": "tests-only-link-key-of-more-than-fifty-characters-in-length-too",
    "STRIPE_SECRET_KEY": "sk_test_tests",
    "STRIPE_WEBHOOK_SECRET": "whsec_tests_account",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_tests_connect",
    "DEMO_PASSWORD": "tests-only-demo-password",
    # The admin's pages are tested without a second factor; tests/flows/test_second_factor.py asks.
    "REQUIRE_STAFF_SECOND_FACTOR": "false",
    # Hundreds of buyers come from one machine here; the tests of the limits turn them on.
    "UNPAID_SESSIONS_PER_HOUR": "0",
    "OPEN_SESSIONS_PER_ADDRESS": "0",
    "FREE_SEATS_PER_CLIENT": "0",
    "WAITING_PLACES_PER_CLIENT": "0",
    "MAILS_BEFORE_PAYMENT": "0",
    "PUZZLE_AFTER_DECLINES": "0",
    "RECEIPTS_PER_CLIENT": "0",
    "DEBUG": "false",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's synchronous interface runs a loop
}
_UNSET = (
    "SITE_URL",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXY_COUNT",
    "TEAM_OPENING",
    "SENTRY_DSN",
    "FAILPOINT",
    "PORT",
)


def prepare(*, migrated: bool = True) -> None:
    """Start the engines unless a controller did, and set this process's variables.

    ``migrated``: have a database to copy in PostgreSQL (tests/migrated.py).
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        _own_addresses()
    else:
        directory = _start()
        _own_addresses()
        _start_postgres(directory / "postgres", migrated=migrated)
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]


def _start() -> Path:
    """Set what is the same for every process, start Valkey, return the folder of this run."""
    os.environ.update(_FIXED)
    for name in _UNSET:
        os.environ.pop(name, None)
    compile_stale(ROOT / "locale")
    directory = _fresh_directory()
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    valkey = Valkey(directory / "valkey", durable=False).start()
    atexit.register(valkey.stop)
    os.environ["TEST_REDIS_URL"] = valkey.url().rpartition("/")[0]
    os.environ["TEST_DIRECTORY"] = str(directory)
    return directory


def _start_postgres(directory: Path, *, migrated: bool) -> None:
    """Start PostgreSQL, unless TEST_DATABASE_URL names one; say which database may be copied."""
    os.environ.pop("TEST_TEMPLATE", None)
    if os.environ.get("TEST_DATABASE_URL"):
        return
    postgres = start(directory) if migrated else Postgres(directory, settings()).start()
    atexit.register(postgres.stop)
    os.environ["TEST_DATABASE_URL"] = postgres.url()
    if migrated:
        os.environ["TEST_TEMPLATE"] = NAME


def _own_addresses() -> None:
    """Set what is this process's own: its Redis database, folder of static files, and ports."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{os.environ['TEST_REDIS_URL']}/{worker}"
    os.environ["REDIS_KEY_PREFIX"] = f"test{worker}"
    os.environ["MEDIA_ROOT"] = f"{os.environ['TEST_DIRECTORY']}/media{worker}"
    os.environ["ERASURE_LOG"] = f"{os.environ['TEST_DIRECTORY']}/erasures{worker}.log"
    os.environ["STATIC_ROOT"] = f"{os.environ['TEST_DIRECTORY']}/static{worker}"
    os.environ["TEST_SITE_PORT"] = str(free_port())
    os.environ["TEST_SMTP_PORT"] = str(free_port())
    os.environ["TEST_SANDBOX_PORT"] = str(free_port())
    os.environ["SITE_URL"] = f"http://127.0.0.1:{os.environ['TEST_SITE_PORT']}"
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{os.environ['TEST_SMTP_PORT']}"
    os.environ["STRIPE_API_BASE"] = f"http://127.0.0.1:{os.environ['TEST_SANDBOX_PORT']}"


def _fresh_directory() -> Path:
    """Return an empty folder for this run; remove those that killed runs left behind."""
    parent = engine_directory(LOCAL) / "tests"
    parent.mkdir(exist_ok=True)
    for old in parent.iterdir():
        with contextlib.suppress(ValueError):
            if not is_alive(int(old.name)):
                shutil.rmtree(old, ignore_errors=True)
    directory = parent / str(os.getpid())
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    return directory
