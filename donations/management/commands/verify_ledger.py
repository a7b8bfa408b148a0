"""``manage.py verify_ledger``: add every closed month of the ledger up again."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from donations.models import LedgerDigest
from donations.services import ledger_digests


class Command(BaseCommand):
    """Say which month and entry differ from their digests; the status is 1 if any does."""

    help = "Compares the ledger with its monthly digests; exits with 1 where they differ."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what differs, the first month first."""
        del args, options
        count = 0
        for one in ledger_digests.verify():
            entry = "" if one.entry is None else f"entry {one.entry} "
            self.stdout.write(f"{one.month:%Y-%m}: {entry}{one.what}")
            count += 1
        if count:
            sys.exit(1)
        last = LedgerDigest.objects.defer("lines").order_by("-month").first()
        months = LedgerDigest.objects.count()
        until = f", last {last.month:%Y-%m} {last.digest}" if last else ""
        self.stdout.write(f"{months} months agree{until}")
