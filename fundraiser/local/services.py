"""Which parts ``manage.py up`` starts itself, and the variables that point the product at them."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from donations.stripe_events import APPLIED_TYPES
from fundraiser.local.environment import is_set, read_variables, write_variables
from fundraiser.local.errors import StartError
from fundraiser.local.places import LOCAL, engine_directory, make_private
from fundraiser.local.ports import HOST, RememberedPorts, is_listening, site_port
from fundraiser.local.postgres import Postgres, PostgresSettings
from fundraiser.local.supervisor import Supervisor
from fundraiser.local.valkey import Valkey

#: Made once and kept: what signs sessions and links must outlive a restart.
_SECRETS = {
    "SECRET_KEY": "",
    "LINK_KEY": "",
    "POSTGRES_PASSWORD": "",
    "VALKEY_PASSWORD": "",
    "DEMO_PASSWORD": "",
    "STRIPE_SECRET_KEY": "sk_test_",
    "STRIPE_WEBHOOK_SECRET": "whsec_",
    "STRIPE_CONNECT_WEBHOOK_SECRET": "whsec_",
}
_SECRET_BYTES = {"DEMO_PASSWORD": 9}
_SANDBOX_NAMES = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_CONNECT_WEBHOOK_SECRET")


def local_secrets(local: Path) -> dict[str, str]:
    """Return this checkout's secrets; make those that are missing (``.local/secrets.env``, 600)."""
    file = local / "secrets.env"
    known = read_variables(file)
    missing = {
        name: prefix + secrets.token_hex(_SECRET_BYTES.get(name, 32))
        for name, prefix in _SECRETS.items()
        if not known.get(name)
    }
    if missing:
        known.update(missing)
        write_variables(file, known)
    return known


@dataclass
class Services:
    """What is started here and where it answers; ``variables`` are defaults for the product."""

    port: int
    variables: dict[str, str]
    secrets: Mapping[str, str]
    ports: RememberedPorts
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    sandbox: str = ""
    mailbox: str = ""
    waits: dict[str, int] = field(default_factory=dict)

    @property
    def site(self) -> str:
        """The address under which the processes here reach the site."""
        return f"http://{HOST}:{self.port}"


def plan() -> Services:
    """Read the environment and decide. Errors: StartError naming the variable that is wrong."""
    if is_set("STRIPE_API_BASE") and not is_set("STRIPE_SECRET_KEY"):
        raise StartError(
            "STRIPE_API_BASE is set without STRIPE_SECRET_KEY: set both for a Stripe of your own, "
            "or neither for the sandbox."
        )
    port = site_port()
    made = local_secrets(LOCAL)
    site = f"http://{HOST}:{port}"
    variables = {
        "PORT": str(port),
        "SITE_URL": site,
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "SECRET_KEY": made["SECRET_KEY"],
        "LINK_KEY": made["LINK_KEY"],
        "DEMO_PASSWORD": made["DEMO_PASSWORD"],
        "STATIC_ROOT": str(LOCAL / "static"),
        # The demo's admin comes in by the printed password alone; nobody else reaches this site.
        "REQUIRE_STAFF_SECOND_FACTOR": "false",
        # Beat's tasks every few seconds would hide everything else in the terminal.
        "LOG_LEVEL": "WARNING",
        # On a bare machine one is often root; Celery's warning about it is for production.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
    if is_set("SITE_URL"):  # others may reach it
        del variables["ALLOWED_HOSTS"], variables["REQUIRE_STAFF_SECOND_FACTOR"]
    return Services(port, variables, made, RememberedPorts(LOCAL / "ports.env"))


def start_engines(services: Services) -> None:
    """Start PostgreSQL and Valkey, each unless a variable names another one."""
    directory = engine_directory(LOCAL)
    logs = LOCAL / "logs"
    make_private(logs, mode=0o755)
    if not is_set("DATABASE_URL"):
        settings = PostgresSettings(password=services.secrets["POSTGRES_PASSWORD"])
        services.postgres = Postgres(directory / "postgres", settings, logs / "postgres.log")
        services.postgres.start(services.ports.get("postgres"))
        services.variables["DATABASE_URL"] = services.postgres.url()
    if not is_set("REDIS_URL"):
        password = services.secrets["VALKEY_PASSWORD"]
        services.valkey = Valkey(
            directory / "valkey", password=password, log=logs / "valkey.log"
        ).start(services.ports.get("valkey"))
        services.variables["REDIS_URL"] = services.valkey.url()


def name_programs(services: Services) -> None:
    """Choose the addresses of sandbox and mailbox, each unless a variable names another one."""
    if not is_set("STRIPE_SECRET_KEY"):
        services.waits["sandbox"] = services.ports.get("sandbox")
        services.sandbox = f"http://{HOST}:{services.waits['sandbox']}"
        services.variables["STRIPE_API_BASE"] = services.sandbox
        services.variables.update({name: services.secrets[name] for name in _SANDBOX_NAMES})
    if not is_set("EMAIL_URL"):
        services.waits["mailbox"] = services.ports.get("mailbox")
        services.mailbox = f"http://{HOST}:{services.waits['mailbox']}"
        services.variables["EMAIL_URL"] = f"smtp://{HOST}:{services.ports.get('smtp')}"


def start_programs(services: Services, supervisor: Supervisor) -> None:
    """Start sandbox and mailbox where they were given an address."""
    if services.sandbox:
        secret = services.secrets
        command: list[str | Path] = [sys.executable, "-m", "sandbox"]
        command += ["--port", str(services.waits["sandbox"]), "--data", LOCAL / "sandbox.json"]
        command += ["--webhook", f"{services.site}/stripe/webhook/"]
        command += ["--webhook-secret", secret["STRIPE_WEBHOOK_SECRET"]]
        command += ["--connect-webhook", f"{services.site}/stripe/webhook/connect/"]
        command += ["--connect-webhook-secret", secret["STRIPE_CONNECT_WEBHOOK_SECRET"]]
        command += ["--webhook-events", ",".join(APPLIED_TYPES)]
        supervisor.start("sandbox", command)
    if services.mailbox:
        smtp_port = services.variables["EMAIL_URL"].rpartition(":")[2]
        command = [sys.executable, "-m", "fundraiser.local.mailbox"]
        command += ["--smtp-port", smtp_port, "--http-port", str(services.waits["mailbox"])]
        command += ["--directory", LOCAL / "mail"]
        supervisor.start("mailbox", command)


def wait_for_programs(services: Services, supervisor: Supervisor) -> None:
    """Wait until sandbox and mailbox accept connections."""
    for name, port in services.waits.items():
        supervisor.wait_until(partial(is_listening, port), what=name, seconds=30)


def environment(services: Services) -> dict[str, str]:
    """Return the environment of every process here: what was given wins over what was made."""
    given = {name: value for name, value in os.environ.items() if value}
    made = {name: value for name, value in services.variables.items() if not is_set(name)}
    programs = str(Path(sys.executable).parent)
    path = f"{programs}{os.pathsep}{given.get('PATH', os.defpath)}"
    return {**given, **made, "PATH": path, "PYTHONUNBUFFERED": "1"}
