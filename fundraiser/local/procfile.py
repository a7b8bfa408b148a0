"""Reading the Procfile, the one place where the commands of our processes stand."""

from __future__ import annotations

import shlex

from fundraiser.local.errors import StartError
from fundraiser.local.places import ROOT


def commands() -> dict[str, list[str]]:
    """Return the command of each process by its name."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    pairs = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {name.strip(): shlex.split(command) for name, _, command in pairs}


def command_of(name: str) -> list[str]:
    """Return one process's command. Errors: StartError when there is none of that name."""
    try:
        return commands()[name]
    except KeyError as error:
        raise StartError(f"The Procfile has no process named {name}.") from error
