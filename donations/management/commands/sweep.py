"""``manage.py sweep``: finish what was begun and not ended."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from donations.gateway.stripe import for_workers
from donations.services import sweeper


class Command(BaseCommand):
    """What the worker does every 20 seconds; safe at any time, several at once."""

    help = "Ask Stripe about unfinished sessions, release overdue holds, apply pending events."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep once and print what was done."""
        del args, options
        self.stdout.write(str(sweeper.sweep(gateway=for_workers())))
