"""``manage.py restore FILE``: put a backup in the place of what is there."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from donations.services.backups import archive, restoring, schema, stores
from donations.services.backups.archive import ArchiveError
from donations.services.backups.restoring import BEFORE_RESTORE, Restored
from fundraiser.core import clock


class Command(BaseCommand):
    """Exits with 1 where nothing was restored, or where a promise is broken afterwards."""

    # The database may have no tables yet.
    requires_system_checks = []
    help = "Check a backup whole, then restore it: database, files, and mails that are stale held."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which, and whether data may go."""
        parser.add_argument("archive", help="a file, or s3://bucket/prefix/name.zip")
        parser.add_argument(
            "--yes", action="store_true", help="replace the data that the database has"
        )
        parser.add_argument(
            "--check", action="store_true", help="check the archive, change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and say what to do next."""
        del args
        try:
            with stores.opened(options["archive"]) as file:
                if options["check"]:
                    manifest = archive.check(file)
                    schema.check_known(manifest)
                    self.stdout.write(f"whole: {manifest.rows} rows of {_utc(manifest.taken_at)}")
                    return
                done = restoring.restore(file, replace=options["yes"])
        except restoring.HasDataError as error:
            raise CommandError(f"Nothing was changed: {error}. --yes replaces it.") from error
        except ArchiveError as error:
            raise CommandError(f"Nothing was changed: {error}.") from error
        self._tell(done)
        if done.broken:
            sys.exit(1)

    def _tell(self, done: Restored) -> None:
        say, taken_at = self.stdout.write, done.manifest.taken_at
        say(f"Restored: {done.manifest.rows} rows and {done.files} files of {_utc(taken_at)}.")
        if done.other_files:
            say(f"{done.other_files} files that the backup does not know are in {BEFORE_RESTORE}.")
        for name in done.other_keys:
            say(f"WARNING: {name} is not the one of the backup: what it signed is worth nothing.")
        for one in done.broken:
            say(f"broken: {one.promise}: {one.row}")
        say(f"{done.mails_held} stale mails are held; {done.mails_waiting} leave by themselves.")
        since = f"{taken_at.astimezone(UTC):%Y-%m-%dT%H:%M}"
        days = max((clock.now() - taken_at).days + 2, 30)
        say(
            "Next, before web, worker and beat start again:\n"
            f"  manage.py reconcile --days {days}   what Stripe knows of the time since\n"
            f"  manage.py replay_erasures --since {since}   erase again who was erased since\n"
            "  members, API tokens, closed periods: revoke and close again what was since\n"
            "  manage.py mails               then --held release or --held drop\n"
            "  manage.py check_invariants"
        )


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
