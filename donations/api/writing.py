"""What may be written: drafts of campaigns and workshops, which a person looks at and publishes."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Schema

from donations import campaign_values
from donations.api import doors, forms
from donations.api.authentication import Token, caller_of
from donations.api.inputs import CampaignChange, NewCampaign, NewWorkshop, WorkshopChange
from donations.api.once import Key, once
from donations.api.problems import ANY, Problem, RefusedError
from donations.api.routing import router
from donations.api.shapes import CampaignShape, WorkshopShape
from donations.services import campaign_editing
from events.services import campaigns, workshop_edits, workshops
from events.states import CampaignState, WorkshopState

_WRITES: Final = Token("write:campaigns", editor=True)
_REFUSALS: Final = ANY | {409, 413}


def _not_a_draft() -> RefusedError:
    detail = "It is public: people count on it. Change it in the browser."
    return RefusedError(409, "not_a_draft", detail)


@router.post(
    "/campaigns",
    auth=_WRITES,
    response={201: CampaignShape, _REFUSALS: Problem},
    url_name="api_campaigns",
)
def create_campaign(
    request: HttpRequest, body: NewCampaign, idempotency_key: Key = None
) -> HttpResponse:
    """Begin a campaign: a draft, until a person publishes it."""
    team = caller_of(request).team

    def work() -> Schema:
        with translation.override(body.language):
            form = forms.new_campaign(body, team)
            forms.refuse_invalid(form)
            made = campaigns.create(team=team, begin=form.beginning())
        return CampaignShape.of(made)

    return once(request, idempotency_key, work)


@router.patch(
    "/campaigns/{uuid:campaign_id}",
    auth=_WRITES,
    response={200: CampaignShape, _REFUSALS: Problem},
    url_name="api_campaign",
)
def change_campaign(request: HttpRequest, campaign_id: UUID, body: CampaignChange) -> CampaignShape:
    """Change a draft."""
    caller = caller_of(request)
    campaign = doors.campaign(caller, campaign_id)
    if campaign.state != CampaignState.DRAFT:
        raise _not_a_draft()
    form = forms.changed_campaign(body, campaign)
    forms.refuse_invalid(form)
    try:
        campaign_editing.edit(
            campaign,
            texts=campaign_values.texts(form),
            facts=campaign_values.facts(form),
            place=campaign_values.place(form),
        )
    except campaign_editing.MoneyFixedError as error:
        raise _not_a_draft() from error
    except campaign_editing.PromiseError as error:
        told = [(error.field, "People gave with this promise before them.")]
        raise RefusedError(422, "promise", "A promise stays.", errors=told) from error
    return CampaignShape.of(doors.campaign(caller, campaign_id))


@router.post(
    "/workshops",
    auth=_WRITES,
    response={201: WorkshopShape, _REFUSALS: Problem},
    url_name="api_workshops",
)
def create_workshop(
    request: HttpRequest, body: NewWorkshop, idempotency_key: Key = None
) -> HttpResponse:
    """Begin a workshop of a campaign: a draft, until a person publishes it."""
    caller = caller_of(request)
    campaign = doors.campaign(caller, body.campaign)

    def work() -> Schema:
        form = forms.workshop(body, campaign, None)
        forms.refuse_invalid(form)
        assert form.time is not None  # noqa: S101 -- a valid form has one
        made = workshop_edits.create(campaign=campaign, details=form.details(), time=form.time)
        return WorkshopShape.of(doors.workshop(caller, UUID(str(made.public_id))))

    return once(request, idempotency_key, work)


@router.patch(
    "/workshops/{uuid:workshop_id}",
    auth=_WRITES,
    response={200: WorkshopShape, _REFUSALS: Problem},
    url_name="api_workshop",
)
def change_workshop(request: HttpRequest, workshop_id: UUID, body: WorkshopChange) -> WorkshopShape:
    """Change a draft."""
    caller = caller_of(request)
    row = doors.workshop(caller, workshop_id)
    if row.state != WorkshopState.DRAFT:
        raise _not_a_draft()
    form = forms.workshop(body, row.campaign, row)
    forms.refuse_invalid(form)
    assert form.time is not None  # noqa: S101 -- a valid form has one
    workshop_edits.save(workshop_id=row.pk, details=form.details())
    time = form.time
    try:
        workshops.reschedule(
            row.pk,
            starts_at=time.starts_at,
            time_zone=time.time_zone,
            duration_minutes=time.duration_minutes,
        )
    except workshops.CancelledError as error:
        raise _not_a_draft() from error
    return WorkshopShape.of(doors.workshop(caller, workshop_id))
