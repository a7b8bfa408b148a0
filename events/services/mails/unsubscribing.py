"""Ending mails that nobody must get: reminders of one seat, or an organizer's news."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from events.models import Booking, Registration
from events.states import MailClass


def address_of(registration: Registration) -> str:
    """Return the address that the person's mails go to: the payer's where there is no own one."""
    return registration.email or registration.booking.email


def _of_the_same_person(registration: Registration) -> QuerySet[Registration]:
    """Return the registrations that this address has with the same team."""
    address = address_of(registration)
    mine = Q(email__iexact=address) | Q(email="", booking__email__iexact=address)
    team = registration.booking.workshop.campaign.team_id
    return Registration.objects.filter(mine, booking__workshop__campaign__team_id=team)


def set_wanted(registration: Registration, mail_class: str, *, wanted: bool) -> None:
    """Write whether the person wants reminders of this workshop, or news of its team.

    Ending news ends them for every workshop of the team, and takes back the consent to mails
    about the next ones, which only its form can give again.
    """
    if mail_class == MailClass.REMINDER:
        Registration.objects.filter(pk=registration.pk).update(wants_reminders=wanted)
        return
    with transaction.atomic():
        _of_the_same_person(registration).update(wants_news=wanted)
        if not wanted:
            team = registration.booking.workshop.campaign.team_id
            Booking.objects.filter(
                email__iexact=address_of(registration),
                workshop__campaign__team_id=team,
                wants_news=True,
            ).update(wants_news=False)
