"""``manage.py run_cancellations``: ask, refund and apply defaults for cancelled workshops."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from donations.gateway.stripe import for_workers
from donations.services import organizer_refunds, refund_run


class Command(BaseCommand):
    """The periodic job, by hand."""

    help = "Ask the people of cancelled workshops, refund who chose so, apply what is due."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once."""
        del args, options
        organizer_refunds.finish_all(gateway=for_workers())
        self.stdout.write(str(refund_run.run(gateway=for_workers())))
