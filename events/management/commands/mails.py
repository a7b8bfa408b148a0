"""``manage.py mails``: how the outbox stands; let held mails go, or drop them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count, Min

from events.models import Message
from events.services.mails import held
from events.states import MessageState


class Command(BaseCommand):
    """Safe at any time."""

    help = "Show the outbox by kind and state; --held and --set-aside take release or drop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--held``, ``--set-aside``: what to do with them; ``--kind``: only these."""
        for name in ("--held", "--set-aside"):
            parser.add_argument(name, choices=["release", "drop"])
        parser.add_argument("--kind", help="only mails of this kind, e.g. reminder")

    def handle(self, *args: Any, **options: Any) -> None:
        """Act where asked to, then print one line a kind and state."""
        del args
        rows = Message.objects.all()
        if options["kind"]:
            rows = rows.filter(kind=options["kind"])
        for state in (MessageState.HELD, MessageState.SET_ASIDE):
            if verb := options[state.value]:
                act = held.release if verb == "release" else held.drop
                count = act(rows.filter(state=state))
                self.stdout.write(f"{verb}: {count} {state.value}")
        table = rows.values("state", "kind").annotate(count=Count("pk"), oldest=Min("due_at"))
        for line in table.order_by("state", "kind"):
            self.stdout.write(
                f"{line['state']}\t{line['kind']}\t{line['count']}\tsince {line['oldest']:%F %R}"
            )
