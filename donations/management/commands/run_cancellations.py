"""Do what is due of cancelled workshops: ask, refund, apply the defaults."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from donations.tasks import run_cancellations


class Command(BaseCommand):
    """The periodic job, by hand."""

    help = "Ask the people of cancelled workshops, refund who chose so, apply what is due."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once."""
        del args, options
        self.stdout.write(run_cancellations())
