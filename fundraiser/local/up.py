"""``manage.py up``: everything on this machine, in order, until Ctrl-C.

Engines → sandbox and mailbox → migrate → web → worker and beat → demo → where to look. What a
variable names elsewhere (DATABASE_URL, REDIS_URL, STRIPE_SECRET_KEY, EMAIL_URL) is not started
here. Nothing in this package sets Django up: its commands run as processes of their own.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from fundraiser.local import procfile, services
from fundraiser.local.environment import only_one, write_variables
from fundraiser.local.errors import StartError
from fundraiser.local.messages import compile_stale
from fundraiser.local.places import LOCAL, ROOT, make_private
from fundraiser.local.services import Services
from fundraiser.local.static_files import collect_command, remember_collected
from fundraiser.local.supervisor import Interrupted, Supervisor

_RUN_ENV = LOCAL / "run.env"


def main() -> int:
    """Run everything; return 0 after being asked to stop, 1 when something could not run."""
    try:
        make_private(LOCAL, mode=0o755)
        with only_one(LOCAL / "up.lock"):
            _run()
    except StartError as error:
        sys.stdout.flush()
        sys.stderr.write(f"\n{error}\n")
        return 1
    except (Interrupted, KeyboardInterrupt):
        print("Stopped.")
    return 0


def _run() -> None:
    plan = services.plan()
    services.name_programs(plan)
    compile_stale(ROOT / "locale")
    # The supervisor's environment is complete once the engines have their addresses.
    variables: dict[str, str] = {}
    with Supervisor(LOCAL / "logs", variables) as supervisor, _run_env():
        try:
            services.start_engines(plan)
        finally:
            _adopt_engines(plan, supervisor)
        variables.update(services.environment(plan))
        write_variables(_RUN_ENV, plan.variables)
        services.start_programs(plan, supervisor)
        _prepare(supervisor, variables)
        services.wait_for_programs(plan, supervisor)
        _start_site(plan, supervisor)
        if plan.sandbox:
            supervisor.run({"demo": _manage("seed_demo")})
        _tell(plan, variables)
        supervisor.watch()


def _adopt_engines(plan: Services, supervisor: Supervisor) -> None:
    for name, engine in (("postgres", plan.postgres), ("valkey", plan.valkey)):
        if engine is not None and engine.process is not None:
            supervisor.adopt(name, engine.process, engine.stop)


def _prepare(supervisor: Supervisor, variables: dict[str, str]) -> None:
    """Bring the database up to date and collect the static files, side by side."""
    jobs = {"migrate": _manage("migrate", "--verbosity", "0")}
    collect = collect_command(variables)
    if collect:
        jobs["static"] = _manage(*collect)
    supervisor.run(jobs)
    if collect:
        remember_collected()


def _start_site(plan: Services, supervisor: Supervisor) -> None:
    """Start web, and once it answers the other processes of the Procfile."""
    commands = procfile.commands()
    supervisor.start("web", commands.pop("web"))
    supervisor.wait_until(lambda: _answers(f"{plan.site}/healthz"), what="The site", seconds=60)
    for name, command in commands.items():
        supervisor.start(name, command)


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def _answers(url: str) -> bool:
    """Say whether an address answers 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with suppress(OSError, urllib.error.URLError), opener.open(url, timeout=5) as response:
        return bool(response.status == 200)
    return False


@contextmanager
def _run_env() -> Iterator[None]:
    """Take the variables for other ``manage.py`` commands away again at the end."""
    try:
        yield
    finally:
        _RUN_ENV.unlink(missing_ok=True)


def _tell(plan: Services, variables: dict[str, str]) -> None:
    """Print where to look and how to sign in."""
    site = variables["SITE_URL"]
    lines = ["", "Fundraiser is ready. Ctrl-C stops everything; the data stays in .local/.", ""]
    lines.append(f"  Site            {site}/")
    lines.append(f"  Organizers      {site}/organize/")
    lines.append(f"  Admin           {site}/admin/")
    if plan.mailbox:
        lines.append(f"  Mailbox         {plan.mailbox}/")
    if plan.sandbox:
        lines.append(f"  Stripe sandbox  {plan.sandbox}/ (no real money)")
        lines.append(f"  Password        {variables['DEMO_PASSWORD']} for the accounts named above")
    print("\n".join([*lines, ""]), flush=True)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
