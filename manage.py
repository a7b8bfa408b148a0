#!/usr/bin/env python
"""The command line: ``manage.py up`` runs everything here; the rest are Django's commands."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from fundraiser.local.environment import load_defaults


def main() -> None:
    """Run one command; the variables of .env and of a running ``up`` are defaults."""
    load_defaults(Path(__file__).resolve().parent)
    if sys.argv[1:2] == ["up"]:
        from fundraiser.local.up import main as up  # noqa: PLC0415 -- not there in production

        sys.exit(up())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fundraiser.settings")

    # Half of the time that migrations take went into looking for garbage among models.
    gc.set_threshold(50_000, 10, 5)

    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- after the above

    from fundraiser.history import of_command  # noqa: PLC0415 -- the same

    with of_command(Path(__file__).resolve().parent, "".join(sys.argv[1:2])):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
