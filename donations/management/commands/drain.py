"""``manage.py drain``: do the workers' rounds without Redis, beside them or instead of them."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from donations.gateway.stripe import for_workers
from donations.services import sweeper
from donations.services.mails import notices
from events.services.mails import planner, sender
from events.services.webhooks import sender as webhooks


class Command(BaseCommand):
    """Sweeps, plans and sends mails in a loop. Rows are claimed: running it twice is harmless."""

    help = "Apply events, sweep sessions, plan and send due mails, without Redis. Ctrl-C ends it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--once``: one round; ``--pause``: seconds between rounds."""
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--pause", type=float, default=5.0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Go round until stopped."""
        del args
        while True:
            swept = sweeper.sweep(gateway=for_workers())
            planned, sent = planner.plan() + notices.plan(), sender.send_due()
            told = webhooks.send_due()
            self.stdout.write(f"{swept}, planned={planned}, mails={sent}, webhooks={told}")
            if options["once"]:
                return
            time.sleep(options["pause"])
