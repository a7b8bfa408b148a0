"""Doors to what organizers keep about people: the rows of one campaign or workshop alone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from events.models import Campaign, Invitee, PersonNote, Registration, Workshop
from fundraiser.core import links
from fundraiser.core.http import DeadLinkError

INVITEE_LINK = "invitee"


def note_of(registration: Registration, public_id: UUID) -> PersonNote:
    """Return one of the notes about a person; Http404 for another person's."""
    return get_object_or_404(PersonNote, public_id=public_id, registration=registration)


def people_of(workshop: Workshop, numbers: Sequence[str]) -> list[Registration]:
    """Return persons of a workshop by their public numbers; Http404 if one is not there."""
    try:
        wanted = {UUID(one) for one in numbers}
    except ValueError as error:
        raise Http404 from error
    rows = Registration.objects.filter(booking__workshop=workshop, public_id__in=wanted)
    found = list(rows.select_related("booking"))
    if len(found) != len(wanted):
        raise Http404
    return found


def workshop_of(campaign: Campaign, public_id: UUID) -> Workshop:
    """Return a workshop of a campaign, with ``campaign`` itself; Http404 for another's."""
    found = get_object_or_404(Workshop, public_id=public_id, campaign=campaign)
    found.campaign = campaign
    return found


def invitee_link(invitee: Invitee) -> str:
    """Return the token that ends a team's invitations to one address."""
    return links.make(INVITEE_LINK, UUID(str(invitee.public_id)), invitee.link_version)


def invitee_for_link(token: str) -> Invitee:
    """Return whose invitations a link ends; DeadLinkError for a wrong or revoked one."""
    try:
        link = links.read(INVITEE_LINK, token)
    except links.InvalidLinkError as error:
        raise DeadLinkError from error
    rows = Invitee.objects.filter(public_id=link.public_id, link_version=link.version)
    found = rows.select_related("team").first()
    if found is None:
        raise DeadLinkError
    return found
