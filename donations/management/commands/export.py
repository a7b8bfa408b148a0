"""``manage.py export WHAT``: totals, gifts, people, ledger… as CSV, XLSX or JSON lines."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date

from donations.models import ColumnPreset
from donations.services.accounting import books
from donations.services.accounting.fec import FaultyFileError
from donations.services.exports import presets, writing
from donations.services.exports.accounting_kinds import FEC
from donations.services.exports.kinds import KINDS, Kind
from donations.services.exports.query import Scope, end_of, start_of
from events.models import Campaign, Team, Workshop
from fundraiser.core import zones
from fundraiser.core.money import SUPPORTED


class Command(BaseCommand):
    """Writes a file and says how many rows it has."""

    # Reading what is there needs no pages: their import would double the memory.
    requires_system_checks = []
    help = "Write an export to a file: of everything, or of a team, campaign, workshop or period."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what, of which rows, and where to."""
        parser.add_argument("what", choices=sorted(KINDS))
        parser.add_argument("--output", required=True, type=Path, help="the file to write")
        parser.add_argument("--format", choices=writing.FORMATS, help="by default as the file ends")
        parser.add_argument("--team", help="the slug of a team")
        parser.add_argument("--campaign", help="the slug of a campaign")
        parser.add_argument("--workshop", help="the slug of a workshop of that campaign")
        parser.add_argument("--from", dest="since", help="first day, 2026-01-31")
        parser.add_argument("--to", dest="until", help="last day, included")
        parser.add_argument("--currency", choices=sorted(SUPPORTED))
        parser.add_argument("--preset", help="the name of columns that the team saved")
        parser.add_argument("--zone", default="UTC", help="the zone of days and times")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and tell the number of rows."""
        del args
        form = _format(options)
        scope = _scope(options)
        try:
            rows = writing.write(_kind(options), scope, form, options["output"])
        except OSError as error:
            raise CommandError(
                f"{options['output']} cannot be written: {error.strerror}."
            ) from error
        except FaultyFileError as error:
            options["output"].unlink(missing_ok=True)
            raise CommandError(f"It breaks a rule of the FEC: {error}.") from error
        self.stdout.write(f"{options['output']}: {rows} rows")


def _format(options: dict[str, Any]) -> str:
    form: str = options["format"] or options["output"].suffix.removeprefix(".")
    if options["what"] == FEC.name:
        if not (options["team"] and options["since"] and options["until"]):
            raise CommandError("A FEC needs --team, --from and --to: one year of one team.")
        if not books.is_french(books.of_team(_team(options))):
            raise CommandError("--team: its books are not in France, or have no SIREN.")
        return writing.FEC_FORMAT
    if form not in writing.FORMATS:
        raise CommandError(f"--format is one of {', '.join(writing.FORMATS)}.")
    return form


def _kind(options: dict[str, Any]) -> Kind:
    """Return what is exported, with the columns of a team's preset."""
    kind = KINDS[options["what"]]
    if not options["preset"]:
        return kind
    rows = ColumnPreset.objects.filter(name=options["preset"], kind=kind.name)
    if options["team"]:
        rows = rows.filter(team=_team(options))
    elif options["campaign"]:
        rows = rows.filter(team__campaigns__slug=options["campaign"])
    else:
        raise CommandError("--preset needs --team or --campaign.")
    found = rows.first()
    if found is None:
        raise CommandError(f"--preset: there is no {options['preset']!r} for {kind.name}.")
    try:
        return presets.chosen(kind, found.columns)
    except presets.UnknownColumnError as error:
        raise CommandError(f"--preset: there is no column {error}.") from error


def _team(options: dict[str, Any]) -> Team:
    found = Team.objects.filter(slug=options["team"]).first()
    if found is None:
        raise CommandError(f"--team: there is no team {options['team']!r}.")
    return found


def _scope(options: dict[str, Any]) -> Scope:
    zone = options["zone"]
    if not zones.is_zone(zone):
        raise CommandError(f"--zone: there is no zone {zone!r} in the tz database.")
    workshop = None
    if options["workshop"]:
        if not options["campaign"]:
            raise CommandError("--workshop needs its --campaign.")
        if not KINDS[options["what"]].workshop:
            raise CommandError(f"--workshop: rows of {options['what']} are of no workshop.")
        rows = Workshop.objects.filter(campaign__slug=options["campaign"])
        workshop = rows.filter(slug=options["workshop"]).values_list("pk", flat=True).first()
        if workshop is None:
            raise CommandError(f"--workshop: there is no {options['workshop']!r} in that campaign.")
    since = _day(options["since"], zone, "--from", last=False)
    until = _day(options["until"], zone, "--to", last=True)
    if since and until and until <= since:
        raise CommandError("--to: the last day is before the first.")
    return Scope(
        campaigns=_campaigns(options),
        workshop=workshop,
        since=since,
        until=until,
        currency=options["currency"] or "",
        time_zone=zone,
        test=_is_test(options),
    )


def _is_test(options: dict[str, Any]) -> bool:
    """Whether it is of one campaign, which is in test mode: there are no books of that."""
    rows = Campaign.objects.filter(slug=options["campaign"] or "", test_mode=True)
    if not rows.exists():
        return False
    if KINDS[options["what"]].of_books:
        raise CommandError(f"--campaign: it is in test mode, so it has no {options['what']}.")
    return True


def _campaigns(options: dict[str, Any]) -> list[int] | None:
    if not options["team"] and not options["campaign"]:
        return None
    rows = Campaign.objects.all()
    if options["team"]:
        rows = rows.filter(team=_team(options))
    if options["campaign"]:
        rows = rows.filter(slug=options["campaign"])
        if not rows:
            raise CommandError(f"--campaign: there is no campaign {options['campaign']!r}.")
    return list(rows.values_list("pk", flat=True))


def _day(text: str | None, zone: str, option: str, *, last: bool) -> datetime | None:
    """Return the start of a day in a zone, or of the day after it where it is the last."""
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"{option}: {text!r} is no day such as 2026-01-31.")
    return start_of(day, zone) if not last else end_of(day, zone)
