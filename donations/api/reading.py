"""What may be read: campaigns, workshops, registrations, donations, totals."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Schema

from donations.api import doors, paging
from donations.api.authentication import Token, caller_of
from donations.api.paging import Page
from donations.api.problems import ANY, Problem
from donations.api.routing import router
from donations.api.shapes import (
    CampaignShape,
    DonationShape,
    RegistrationShape,
    TotalsShape,
    WorkshopShape,
)
from donations.models import CampaignTotal
from donations.services import totals
from donations.states import DonationState
from events.states import BookingState, CampaignState


class Campaigns(Schema):
    """A page of campaigns. ``next`` is the cursor of the page after; null: this is the last."""

    data: list[CampaignShape]
    next: UUID | None


class Workshops(Schema):
    """A page of workshops."""

    data: list[WorkshopShape]
    next: UUID | None


class Registrations(Schema):
    """A page of registrations."""

    data: list[RegistrationShape]
    next: UUID | None


class Donations(Schema):
    """A page of donations."""

    data: list[DonationShape]
    next: UUID | None


class AllTotals(Schema):
    """A page of campaigns' totals; never added across currencies."""

    data: list[TotalsShape]
    next: UUID | None


@router.get(
    "/campaigns",
    auth=Token("read:campaigns"),
    response={200: Campaigns, ANY: Problem},
    url_name="api_campaigns",
)
def list_campaigns(
    request: HttpRequest, asked: Query[Page], state: CampaignState | None = None
) -> Campaigns:
    """The team's campaigns, drafts included, the newest first."""
    mine = doors.campaigns(caller_of(request))
    rows = mine.filter(state=state) if state else mine
    shown, cursor = paging.read(rows, asked, within=mine)
    return Campaigns(data=[CampaignShape.of(one) for one in shown], next=cursor)


@router.get(
    "/campaigns/{uuid:campaign_id}",
    auth=Token("read:campaigns"),
    response={200: CampaignShape, ANY: Problem},
    url_name="api_campaign",
)
def read_campaign(request: HttpRequest, campaign_id: UUID) -> CampaignShape:
    """One campaign."""
    return CampaignShape.of(doors.campaign(caller_of(request), campaign_id))


@router.get(
    "/campaigns/{uuid:campaign_id}/totals",
    auth=Token("read:money"),
    response={200: TotalsShape, ANY: Problem},
    url_name="api_campaign_totals",
)
def read_totals(request: HttpRequest, campaign_id: UUID) -> TotalsShape:
    """One campaign's money."""
    campaign = doors.campaign(caller_of(request), campaign_id)
    return TotalsShape.of(campaign, totals.of_campaign(campaign))


@router.get(
    "/totals",
    auth=Token("read:money"),
    response={200: AllTotals, ANY: Problem},
    url_name="api_totals",
)
def list_totals(request: HttpRequest, asked: Query[Page]) -> AllTotals:
    """The money of each of the team's campaigns."""
    shown, cursor = paging.read(doors.campaigns(caller_of(request)), asked)
    rows = {row.campaign_id: row for row in CampaignTotal.objects.filter(campaign__in=shown)}
    data = [TotalsShape.of(one, totals.read(one, rows.get(one.pk))) for one in shown]
    return AllTotals(data=data, next=cursor)


@router.get(
    "/workshops",
    auth=Token("read:campaigns"),
    response={200: Workshops, ANY: Problem},
    url_name="api_workshops",
)
def list_workshops(
    request: HttpRequest, asked: Query[Page], campaign: UUID | None = None
) -> Workshops:
    """The workshops of the team's campaigns, drafts included, the newest first."""
    mine = doors.workshops(caller_of(request))
    rows = mine.filter(campaign__public_id=campaign) if campaign else mine
    shown, cursor = paging.read(rows, asked, within=mine)
    return Workshops(data=[WorkshopShape.of(one) for one in shown], next=cursor)


@router.get(
    "/workshops/{uuid:workshop_id}",
    auth=Token("read:campaigns"),
    response={200: WorkshopShape, ANY: Problem},
    url_name="api_workshop",
)
def read_workshop(request: HttpRequest, workshop_id: UUID) -> WorkshopShape:
    """One workshop."""
    return WorkshopShape.of(doors.workshop(caller_of(request), workshop_id))


@router.get(
    "/registrations",
    auth=Token("read:people"),
    response={200: Registrations, ANY: Problem},
    url_name="api_registrations",
)
def list_registrations(
    request: HttpRequest,
    asked: Query[Page],
    workshop: UUID | None = None,
    state: BookingState | None = None,
) -> Registrations:
    """The persons of the team's workshops. The token of a viewer sees no names or addresses."""
    caller = caller_of(request)
    mine = doors.registrations(caller)
    rows = mine.filter(booking__state=state) if state else mine
    rows = rows.filter(booking__workshop__public_id=workshop) if workshop else rows
    shown, cursor = paging.read(rows, asked, within=mine)
    data = [RegistrationShape.of(one, personal=caller.sees_people) for one in shown]
    return Registrations(data=data, next=cursor)


@router.get(
    "/registrations/{uuid:registration_id}",
    auth=Token("read:people"),
    response={200: RegistrationShape, ANY: Problem},
    url_name="api_registration",
)
def read_registration(request: HttpRequest, registration_id: UUID) -> RegistrationShape:
    """One person. The token of a viewer sees no name and no address."""
    caller = caller_of(request)
    found = doors.registration(caller, registration_id)
    return RegistrationShape.of(found, personal=caller.sees_people)


@router.get(
    "/donations",
    auth=Token("read:money"),
    response={200: Donations, ANY: Problem},
    url_name="api_donations",
)
def list_donations(
    request: HttpRequest,
    asked: Query[Page],
    campaign: UUID | None = None,
    state: DonationState | None = None,
) -> Donations:
    """What was or is to be paid through the site, in every state.

    Who gave is shown to a token with read:people too, whose maker is no mere viewer.
    """
    caller = caller_of(request)
    mine = doors.donations(caller)
    rows = mine.filter(state=state) if state else mine
    rows = rows.filter(campaign__public_id=campaign) if campaign else rows
    shown, cursor = paging.read(rows, asked, within=mine)
    data = [DonationShape.of(one, personal=caller.sees_people) for one in shown]
    return Donations(data=data, next=cursor)


@router.get(
    "/donations/{uuid:donation_id}",
    auth=Token("read:money"),
    response={200: DonationShape, ANY: Problem},
    url_name="api_donation",
)
def read_donation(request: HttpRequest, donation_id: UUID) -> DonationShape:
    """One donation, with who gave it as in the list."""
    caller = caller_of(request)
    return DonationShape.of(doors.donation(caller, donation_id), personal=caller.sees_people)
