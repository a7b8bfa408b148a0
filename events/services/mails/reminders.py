"""When the people of a workshop are reminded: minutes before its start."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from events.models import Message, Workshop
from events.states import MessageState


def offsets(workshop: Workshop) -> list[int]:
    """Return the minutes before the start, the earliest first; what is no number is left out."""
    found = {one for one in workshop.reminder_minutes if isinstance(one, int) and one >= 0}
    return sorted(found, reverse=True)


def set_offsets(workshop: Workshop, minutes: Sequence[int]) -> None:
    """Remind people at these minutes before the start from now on.

    The planner puts new ones into the outbox when they fall due; those that are in it already and
    wanted no more are dropped. What is being sent this moment still leaves.
    """
    with transaction.atomic():
        Workshop.objects.filter(pk=workshop.pk).update(reminder_minutes=list(minutes))
        waiting = Message.objects.filter(
            workshop=workshop, kind__in=["reminder", "host_reminder"], state=MessageState.QUEUED
        )
        waiting.exclude(ids__minutes__in=list(minutes)).update(
            state=MessageState.DROPPED, error="the reminder was taken away"
        )
