"""What the rows run on: the product's processes by its Procfile, on engines of their own.

A durable PostgreSQL, Valkey, the Stripe sandbox and the local mailbox, all on 127.0.0.1 with their
data in one temporary folder. Webhooks come by themselves, of the types that the product's
documentation tells operators to subscribe to (donations.stripe_events).
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import django

from donations.stripe_events import APPLIED_TYPES
from fundraiser.local import processes
from fundraiser.local.messages import compile_stale
from fundraiser.local.places import ROOT, engine_directory
from fundraiser.local.ports import HOST, free_port, is_listening
from fundraiser.local.postgres import Postgres, PostgresSettings
from fundraiser.local.procfile import command_of
from fundraiser.local.valkey import Valkey

#: For an application that is not the product.
_BARE_SETTINGS = "bench/bare_gunicorn.py"
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Running:
    """A started process and, for a web server, its address."""

    process: subprocess.Popen[bytes]
    url: str = ""

    @property
    def pid(self) -> int:
        """The process whose children belong to it."""
        return self.process.pid


class House:
    """Engines, sandbox, mailbox and an empty migrated database, from ``with`` to its end."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.directory = Path(tempfile.mkdtemp(prefix="fundraiser-bench-"))
        engines = engine_directory(self.directory)
        settings = PostgresSettings(options=("max_connections=200",))
        self.postgres_log = engines / "postgres.log"
        self.postgres = Postgres(engines / "postgres", settings, self.postgres_log)
        self.valkey = Valkey(engines / "valkey")
        self.site_port = free_port()
        self.sandbox = ""
        programs = str(Path(sys.executable).parent)
        self.environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
        for name in ("DEBUG", "ALLOWED_HOSTS", "TRUSTED_PROXY_COUNT", "FAILPOINT"):
            self.environment.pop(name, None)

    def __enter__(self) -> Self:
        self._stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def database_pid(self) -> int:
        """PostgreSQL's first process."""
        assert self.postgres.process is not None
        return self.postgres.process.pid

    @property
    def broker_pid(self) -> int:
        """Valkey's process."""
        assert self.valkey.process is not None
        return self.valkey.process.pid

    @property
    def sandbox_pid(self) -> int:
        """The sandbox's process, which is no part of the product."""
        return self._sandbox_process.pid

    def _start(self) -> None:
        compile_stale(ROOT / "locale")
        self._stack.enter_context(self.postgres)
        self._stack.enter_context(self.valkey)
        smtp_port, sandbox_port = free_port(), free_port()
        self.sandbox = f"http://{HOST}:{sandbox_port}"
        site = f"http://{HOST}:{self.site_port}"
        self._set(
            UNPAID_SESSIONS_PER_HOUR="0",  # all buyers come from this machine
            OPEN_SESSIONS_PER_ADDRESS="0",
            PUZZLE_AFTER_DECLINES="0",
            DATABASE_URL=self.postgres.url(),
            REDIS_URL=self.valkey.url(),
            SECRET_KEY=secrets.token_hex(32),
            LINK_KEY=secrets.token_hex(32),
            SITE_URL=site,
            PORT=str(self.site_port),
            EMAIL_URL=f"smtp://{HOST}:{smtp_port}",
            STATIC_ROOT=str(self.directory / "static"),
            STRIPE_SECRET_KEY="sk_test_bench",
            STRIPE_API_BASE=self.sandbox,
            STRIPE_WEBHOOK_SECRET="whsec_not_known_yet",
            LOG_LEVEL="WARNING",
        )
        mailbox = [sys.executable, "-m", "fundraiser.local.mailbox", "--smtp-port", str(smtp_port)]
        mailbox += ["--http-port", str(free_port()), "--directory", str(self.directory / "mail")]
        self._spawn("mailbox", mailbox)
        self._sandbox_process = self._spawn(
            "sandbox", [sys.executable, "-m", "sandbox", "--port", str(sandbox_port)]
        )
        wait_for(lambda: is_listening(sandbox_port), what="the sandbox")
        self._prepare_django()
        self._set(STRIPE_WEBHOOK_SECRET=self._subscribe(f"{site}/stripe/webhook/"))

    def _set(self, **variables: str) -> None:
        """Set variables for the processes to come, and for Django in this one."""
        os.environ.update(variables)
        self.environment.update(variables)

    @staticmethod
    def _prepare_django() -> None:
        os.environ["DJANGO_SETTINGS_MODULE"] = "fundraiser.settings"
        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 -- needs the settings

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)

    def _subscribe(self, url: str) -> str:
        """Register the site's webhook as an operator does; return its signing secret."""
        fields = [("url", url), *(("enabled_events[]", kind) for kind in APPLIED_TYPES)]
        headers = {"Authorization": "Bearer sk_test_bench"}
        address = f"{self.sandbox}/v1/webhook_endpoints"
        asked = urllib.request.Request(address, urlencode(fields).encode(), headers)
        with _OPENER.open(asked, timeout=10) as answer:
            return str(json.load(answer)["secret"])

    def _spawn(self, name: str, command: list[str], **extra: str) -> subprocess.Popen[bytes]:
        with (self.directory / f"{name}.log").open("ab") as log:
            process = processes.spawn(
                command, output=log, environment={**self.environment, **extra}, directory=ROOT
            )
        self._stack.callback(processes.stop, process, patience=5)
        return process

    @contextmanager
    def web(self, application: str = "fundraiser.wsgi", **extra: str) -> Iterator[Running]:
        """Run the web server of the Procfile; ``application`` takes the product's place."""
        command = command_of("web")
        if application != "fundraiser.wsgi":
            others = {"fundraiser.wsgi": application, "fundraiser/gunicorn.py": _BARE_SETTINGS}
            command = [others.get(part, part) for part in command]
        process = self._spawn("web", command, **extra)
        url = f"http://{HOST}:{extra.get('PORT', self.site_port)}"
        page = "/healthz" if application == "fundraiser.wsgi" else "/"
        try:
            wait_for(lambda: answers(f"{url}{page}"), what=application)
            yield Running(process, url)
        finally:
            processes.stop(process)

    @contextmanager
    def worker(self, *options: str) -> Iterator[Running]:
        """Run the worker of the Procfile, ready to work, with more options."""
        from fundraiser.celery import app  # noqa: PLC0415 -- needs the settings

        process = self._spawn("worker", [*command_of("worker"), *options])
        try:
            wait_for(lambda: bool(app.control.ping(timeout=0.5)), what="the worker")
            yield Running(process)
        finally:
            processes.stop(process)

    @staticmethod
    def round() -> None:
        """Wake the worker for what waits for its next round, as the beat does every 10 s."""
        from fundraiser.celery import app  # noqa: PLC0415 -- needs the settings

        app.send_task("donations.apply_pending_events")


def answers(url: str) -> bool:
    """Say whether an address of this machine answers 200."""
    with suppress(OSError, urllib.error.URLError), _OPENER.open(url, timeout=5) as response:
        return bool(response.status == 200)
    return False


def wait_for(condition: Callable[[], bool], *, what: str, seconds: float = 60) -> None:
    """Wait until ``condition`` holds. Errors: TimeoutError naming ``what``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} was not ready after {seconds:g} s")
        time.sleep(0.05)
