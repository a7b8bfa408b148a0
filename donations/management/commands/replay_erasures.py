"""``manage.py replay_erasures``: after a restore, erase again who was erased since the backup."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from donations.gateway.stripe import for_workers
from donations.services.person import erasures, replaying


class Command(BaseCommand):
    """Exits with 1 where somebody could not be erased yet: run it again then."""

    help = "Read the list of erasures, and erase again whom the database still knows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which list, and from when on."""
        parser.add_argument("--log", default=settings.ERASURE_LOG, help="the list; ERASURE_LOG")
        parser.add_argument(
            "--since",
            type=_moment,
            help="when the backup was taken (ISO 8601, UTC unless it says otherwise)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay and tell numbers, never addresses."""
        del args
        try:
            lines = list(erasures.read_log(Path(options["log"]).read_text().splitlines()))
        except FileNotFoundError as error:
            raise CommandError(f"There is no list at {options['log']}.") from error
        except erasures.DamagedListError as error:
            raise CommandError(f"{options['log']}: {error}. Nothing was erased.") from error
        done = replaying.replay(lines, gateway=for_workers(), since=options["since"])
        self.stdout.write(
            f"{len(lines)} erasures on the list: {done.erased} people were erased again, "
            f"{done.waiting} have to wait."
        )
        if done.unreadable:
            self.stderr.write(
                f"{done.unreadable} were listed under another LINK_KEY: whom they mean cannot be "
                "told. Set the LINK_KEY of that time and run this again."
            )
        if done.waiting or done.unreadable:
            sys.exit(1)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
