"""``manage.py check_invariants``: print each broken promise; exit 1 if there is one."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from donations.services import invariants


class Command(BaseCommand):
    """Plain SQL over the whole database; changes nothing."""

    help = "Check what must always hold; exit 1 and say what is broken otherwise."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a broken row."""
        del args, options
        found = list(invariants.broken())
        for one in found:
            self.stdout.write(f"broken: {one.promise}: {one.row}")
        if found:
            sys.exit(1)
        self.stdout.write(f"all {len(invariants.QUERIES)} promises hold")
