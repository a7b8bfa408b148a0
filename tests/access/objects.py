"""Which row an address of the organizers is about, for the access matrix: one line an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from events.models import Invitee, PersonNote, Registration, Workshop

#: Address -> the values of its parameters, given the stage's workshop. What is not said here is
#: found by the parameter's name (stage.py).
VALUES: Final[dict[str, Callable[[Workshop], dict[str, str]]]] = {
    "workshop_person": lambda workshop: {"person_id": _person_of(workshop)},
    "workshop_note_remove": lambda workshop: {
        "person_id": _person_of(workshop),
        "note_id": _note_of(workshop),
    },
}


def _person_of(workshop: Workshop) -> str:
    return str(Registration.objects.filter(booking__workshop=workshop).earliest("pk").public_id)


def _note_of(workshop: Workshop) -> str:
    return str(PersonNote.objects.get(registration__booking__workshop=workshop).public_id)


def prepare(workshop: Workshop) -> None:
    """Make what else these addresses are about: a note on the first person, somebody invited."""
    person = Registration.objects.filter(booking__workshop=workshop).earliest("pk")
    PersonNote.objects.create(registration=person, text="A note")
    Invitee.objects.create(team=workshop.campaign.team, fingerprint="x", email="ann@example.org")


def values_of(name: str, workshop: Workshop) -> dict[str, str]:
    """Return what stands in an address; one of a campaign has the campaign's number."""
    if name in VALUES:
        return VALUES[name](workshop)
    if name.startswith(("campaign_", "organize_campaign")):
        return {"public_id": str(workshop.campaign.public_id)}
    return {}
