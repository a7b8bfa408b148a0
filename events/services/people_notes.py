"""Marks and notes: what organizers keep about a person of a workshop, for themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from events.models import PersonNote, Registration
from fundraiser.core import clock


def mark(registration: Registration, *, marked: bool) -> None:
    """Mark a person, or take the mark away; twice is once."""
    rows = Registration.objects.filter(pk=registration.pk, marked_at__isnull=marked)
    rows.update(marked_at=clock.now() if marked else None)


def write(
    registration: Registration, *, author: AbstractBaseUser | AnonymousUser, text: str
) -> PersonNote:
    """Keep a note about a person."""
    return PersonNote.objects.create(
        registration=registration, author_id=author.pk, text=text, created_at=clock.now()
    )


def of(rows: Sequence[Registration]) -> dict[int, list[PersonNote]]:
    """Return the notes of many persons, the latest first, their authors loaded: one query."""
    found: dict[int, list[PersonNote]] = defaultdict(list)
    notes = PersonNote.objects.filter(registration__in=[row.pk for row in rows])
    for note in notes.select_related("author").order_by("-created_at", "-pk"):
        found[note.registration_id].append(note)
    return found
