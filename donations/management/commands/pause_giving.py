"""``manage.py pause_giving on|off``: pause all taking of money, or end the pause."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from donations.services.abuse import pausing


class Command(BaseCommand):
    """The switch, by hand."""

    help = "Pause all taking of money, or end the pause. Open payments settle as usual."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take on or off, and why."""
        parser.add_argument("switch", choices=["on", "off"])
        parser.add_argument("--reason", default="", help="why, for the site's admins")

    def handle(self, *args: Any, **options: Any) -> None:
        """Switch, and say what is so now."""
        del args
        if options["switch"] == "on":
            done = pausing.pause(reason=options["reason"][:300]) is not None
            self.stdout.write("No money is taken now." if done else "It is paused already.")
        else:
            done = pausing.resume()
            self.stdout.write("Money is taken again." if done else "There is no pause.")
