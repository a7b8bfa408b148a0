"""The team's own rows, and nobody else's: the only doors of the API.

Programs never see campaigns in test mode: they could not tell them apart.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from donations.models import Donation, Export
from donations.services.api_tokens import Caller
from events.models import Campaign, Registration, Workshop


def campaigns(caller: Caller) -> QuerySet[Campaign]:
    """Return the team's campaigns, drafts included."""
    return Campaign.objects.real().filter(team=caller.team).select_related("team")


def campaign(caller: Caller, public_id: UUID) -> Campaign:
    """Return one of the team's campaigns; Http404 for another team's."""
    return get_object_or_404(campaigns(caller), public_id=public_id)


def workshops(caller: Caller) -> QuerySet[Workshop]:
    """Return the workshops of the team's campaigns, drafts included."""
    rows = Workshop.objects.filter(campaign__team=caller.team, campaign__test_mode=False)
    return rows.select_related("campaign__team")


def workshop(caller: Caller, public_id: UUID) -> Workshop:
    """Return one workshop of the team's campaigns; Http404 for another team's."""
    return get_object_or_404(workshops(caller), public_id=public_id)


def registrations(caller: Caller) -> QuerySet[Registration]:
    """Return the persons of the team's workshops."""
    rows = Registration.objects.filter(
        booking__workshop__campaign__team=caller.team, booking__workshop__campaign__test_mode=False
    )
    return rows.select_related("booking__workshop__campaign")


def registration(caller: Caller, public_id: UUID) -> Registration:
    """Return one person of the team's workshops; Http404 for another team's."""
    return get_object_or_404(registrations(caller), public_id=public_id)


def donations(caller: Caller) -> QuerySet[Donation]:
    """Return the donations to the team's campaigns, in every state."""
    rows = Donation.objects.filter(campaign__team=caller.team, campaign__test_mode=False)
    return rows.select_related("campaign", "workshop")


def donation(caller: Caller, public_id: UUID) -> Donation:
    """Return one donation to the team's campaigns; Http404 for another team's."""
    return get_object_or_404(donations(caller), public_id=public_id)


def exports(caller: Caller) -> QuerySet[Export]:
    """Return the exports of the team, or of its campaigns, that the token's maker asked for."""
    of_team = Q(campaign__team=caller.team) | Q(team=caller.team)
    of_test = Q(campaign__isnull=False, campaign__test_mode=True)
    rows = Export.objects.filter(of_team, ~of_test, owner_id=caller.token.user_id)
    return rows.select_related("campaign__team", "team", "workshop")


def export(caller: Caller, public_id: UUID) -> Export:
    """Return one of the maker's exports of the team; Http404 for anybody else's."""
    return get_object_or_404(exports(caller), public_id=public_id)
