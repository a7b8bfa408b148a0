"""``manage.py reconcile``: hold the last 30 days at Stripe against what we have."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from donations.gateway.stripe import for_workers
from donations.models import Difference, Donation
from donations.services import reconcile
from fundraiser.core import clock


class Command(BaseCommand):
    """Safe at any time, several at once."""

    help = "Fetch events and balance transactions from Stripe; print differences, exit 1 if any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--days``: how far back; Stripe keeps events for 30."""
        parser.add_argument("--days", type=int, default=30)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line an account, and one a difference."""
        del args
        since = clock.now() - timedelta(days=options["days"])
        begun = clock.now()
        runs = reconcile.run(gateway=for_workers(), since=since)
        for run in runs:
            self.stdout.write(
                f"{run.account or 'own account'}: {run.events_seen} events, {run.events_new} new; "
                f"{run.movements_seen} movements"
                + ("" if run.finished_at else "; NOT FINISHED: Stripe would not tell (see the log)")
            )
        rebuilt = Donation.objects.filter(rebuilt_at__gte=begun).select_related(
            "workshop", "booking"
        )
        for gift in rebuilt.order_by("created_at"):
            seat = f"seat {gift.booking.state}" if gift.booking else "no seat"
            self.stdout.write(
                f"made anew: donation {gift.public_id}, {gift.amount.format('en')}, "
                f"{gift.workshop or 'no workshop'}, {seat}"
                + (f"; not known: {gift.rebuilt_without}" if gift.rebuilt_without else "")
            )
        differences = Difference.objects.filter(resolved_at=None)
        for one in differences:
            self.stdout.write(
                f"difference: {one.kind} {one.source_id}: Stripe has {one.expected_minor}, "
                f"the ledger {one.found_minor} {one.currency} (minor units) {one.detail}"
            )
        if differences or any(run.finished_at is None for run in runs):
            sys.exit(1)
