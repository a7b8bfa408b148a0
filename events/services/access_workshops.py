"""The doors to what organizers have of workshops: drafts, series, and requests to come."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from events.models import Booking, Campaign, Series, Workshop
from events.services import access

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


def draft_for_member(
    user: AbstractBaseUser | AnonymousUser, campaign_slug: str, slug: str
) -> Workshop:
    """Return a workshop that its team sees before everybody does; Http404 for anybody else."""
    rows = Workshop.objects.select_related("campaign__team", "series")
    workshop = get_object_or_404(rows, campaign__slug=campaign_slug, slug=slug)
    _require_member(user, workshop.campaign)
    return workshop


def draft_series_for_member(
    user: AbstractBaseUser | AnonymousUser, campaign_slug: str, slug: str
) -> Series:
    """Return a series that its team sees before everybody does; Http404 for anybody else."""
    rows = Series.objects.select_related("campaign__team")
    series = get_object_or_404(rows, campaign__slug=campaign_slug, slug=slug)
    _require_member(user, series.campaign)
    return series


def _require_member(user: AbstractBaseUser | AnonymousUser, campaign: Campaign) -> None:
    try:
        access.campaign_for_member(user, UUID(str(campaign.public_id)), access.MEMBERS)
    except PermissionDenied as error:
        raise Http404 from error


def series_for_visitor(campaign_slug: str, slug: str) -> Series:
    """Return a series that anybody may see: one with a workshop that anybody may see; Http404."""
    campaign = access.campaign_for_visitor(campaign_slug)
    shown = campaign.workshops.visible().values("series")
    series = get_object_or_404(Series, campaign=campaign, slug=slug, pk__in=shown)
    series.campaign = campaign
    return series


def is_public_series(series: Series) -> bool:
    """Return whether anybody may see a series: then its page is no preview."""
    shown = Campaign.objects.visible().filter(pk=series.campaign_id).exists()
    return shown and series.workshops.visible().exists()


def series_for_member(user: AbstractBaseUser | AnonymousUser, public_id: UUID) -> Series:
    """Return a series of the person's teams, with its campaign; Http404 for another team's.

    Raises PermissionDenied where the role does not allow it.
    """
    series = get_object_or_404(Series.objects.select_related("campaign__team"), public_id=public_id)
    campaign: Campaign = series.campaign
    access.campaign_for_member(user, UUID(str(campaign.public_id)))
    return series


def request_of(workshop: Workshop, public_id: UUID) -> Booking:
    """Return one request to come to a workshop, answered or not; Http404 for another's."""
    return get_object_or_404(Booking, public_id=public_id, workshop=workshop)
