"""The files for production, as the real Compose and hadolint read them, and the Procfile."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from fundraiser.local import procfile
from fundraiser.local.places import ROOT
from fundraiser.local.postgres import QUIET

BIN = Path(sys.executable).parent
GIVEN = {"SITE_ADDRESS": "give.example.org", "POSTGRES_PASSWORD": "a-long-random-text"}
OTHER_READERS = (
    "docker-compose.yml",
    "fundraiser/abuse_settings.py",
    "fundraiser/account_settings.py",
    "fundraiser/backup_settings.py",
    "fundraiser/gunicorn.py",
    "fundraiser/privacy_settings.py",
    "fundraiser/test_mode_settings.py",
)
#: Set by the image or by manage.py up, or only of use to who works on the product.
INTERNAL = {"DEBUG", "STATIC_ROOT", "STRIPE_API_BASE"}
OURS = ("web", "worker", "beat", "migrate")


def run(*command, **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def compose(*arguments, **variables):
    return run(BIN / "docker-compose", "--file", "docker-compose.yml", *arguments, **variables)


@pytest.fixture(scope="module")
def services():
    answer = compose("config", **GIVEN)
    assert answer.returncode == 0, answer.stderr
    return yaml.safe_load(answer.stdout)["services"]


def test_compose_accepts_the_file():
    answer = compose("config", "--quiet", **GIVEN)
    assert (answer.returncode, answer.stdout) == (0, ""), answer.stderr


@pytest.mark.parametrize("name", GIVEN)
def test_compose_names_a_missing_variable(name):
    answer = compose("config", "--quiet", **{k: v for k, v in GIVEN.items() if k != name})
    assert answer.returncode != 0
    assert name in answer.stderr


def test_hadolint_accepts_the_dockerfile():
    answer = run(BIN / "hadolint", "--no-color", "Dockerfile")
    assert (answer.returncode, answer.stdout) == (0, "")


def test_commands_are_those_of_the_procfile(services):
    assert {name: services[name]["command"] for name in procfile.commands()} == procfile.commands()


def test_image_starts_the_procfile_s_web():
    last = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[-1]
    assert yaml.safe_load(last) == procfile.command_of("web")


def test_what_stands_beside_the_product_logs_no_person_and_no_link(services):
    started = services["postgres"]["command"]
    assert [started[at + 1] for at, one in enumerate(started) if one == "-c"] == list(QUIET)
    caddyfile = (ROOT / "deploy/Caddyfile").read_text()
    assert re.search(
        r"log \{\s+format filter \{\s+wrap json\s+fields \{\s+request delete", caddyfile
    )
    assert len(re.findall(r"\blog\b", re.sub(r"#.*", "", caddyfile))) == 1  # and none of requests


def test_every_service_is_watched_and_confined(services):
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        watched = service.get("healthcheck") or name == "web"  # the image's own
        assert watched, name


def test_no_image_of_ours_runs_as_root(services):
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    for name in OURS:
        assert services[name]["build"]["target"] == "product"
    for stage in stages:
        if re.search(r" AS (product|proxy)\n", stage):
            assert "\nUSER 10001:10001\n" in stage
    assert services["postgres"]["user"] == "postgres"
    assert services["redis"]["user"] == "valkey"


def test_what_nobody_can_write_to_is_compiled():
    """Else each process compiles all packages at each start, and holds 20 MiB more."""
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    packages, files = (one for one in stages if re.search(r" AS (packages|files)\n", one))
    assert "--compile-bytecode" in packages
    assert "python -m compileall" in files


def test_example_tells_every_setting_and_no_other():
    text = (ROOT / ".env.example").read_text()
    assert all(line.startswith("#") for line in text.splitlines() if line)
    told = set(re.findall(r"^# ([A-Z][A-Z_]+)=", text, re.MULTILINE))
    settings = (ROOT / "fundraiser/settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|required)\(\s*"([A-Z_]+)"', settings))
    assert read - told == INTERNAL
    others = "".join((ROOT / name).read_text() for name in OTHER_READERS)
    assert {name for name in told - read if name not in others} == set()
