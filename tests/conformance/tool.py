"""Gets and runs Stripe's command-line tool (npm ``@stripe/cli``)."""

import os
import shutil
import subprocess
from pathlib import Path

PACKAGE = "@stripe/cli"
CACHE = Path(__file__).parents[2] / ".local" / "conformance"
KEY = "sk_test_conformance0000000000"


class ToolMissingError(Exception):
    """The tool could not be installed."""


def install() -> Path:
    """The path of the tool, installed into the cache folder if it is not there yet."""
    binary = CACHE / "node_modules" / ".bin" / "stripe"
    if not binary.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise ToolMissingError("npm was not found; install Node.js 18 or newer")
        CACHE.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--no-save", "--no-package-lock", "--no-fund", "--no-audit"]
        done = subprocess.run(
            [*command, "--prefix", str(CACHE), PACKAGE],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode or not binary.exists():
            raise ToolMissingError(f"npm could not install {PACKAGE}:\n{done.stderr}")
    return binary


def trigger(binary: Path, event: str, api: str, *options: str) -> tuple[int, str]:
    """Runs ``stripe trigger EVENT``; returns the exit status and all output."""
    home = CACHE / "home"
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [str(binary), "trigger", event, "--api-base", api, "--api-key", KEY, *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={
            **os.environ,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "STRIPE_CLI_TELEMETRY_OPTOUT": "1",
        },
    )
    return done.returncode, done.stdout + done.stderr
