"""``manage.py backup``: one checked archive of the database and the files."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from donations.services.backups import making
from donations.services.backups.archive import ArchiveError


class Command(BaseCommand):
    """Prints the name of the archive; exits with 1 where there is no good one."""

    requires_system_checks = []
    help = "Write a backup to a folder or s3://bucket/prefix, read it back, keep the newest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say where to, and how many stay."""
        parser.add_argument("--to", help="a folder, or s3://bucket/prefix; by default BACKUP_TO")
        parser.add_argument("--keep", type=int, help="how many stay; by default BACKUP_KEEP")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make one, and say where it is."""
        del args
        to = options["to"] or settings.BACKUPS.to
        keep = settings.BACKUPS.keep if options["keep"] is None else options["keep"]
        if not to:
            raise CommandError("Say --to, or set BACKUP_TO: a folder, or s3://bucket/prefix.")
        if keep < 1:
            raise CommandError("--keep is 1 or more.")
        try:
            made = making.make(to=to, keep=keep)
        except ArchiveError as error:
            raise CommandError(f"No backup was made: {error}.") from error
        self.stdout.write(f"{to.rstrip('/')}/{made.name}: {made.rows} rows, {made.size} bytes")
