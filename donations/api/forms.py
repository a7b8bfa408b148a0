"""What was sent, filled into the organizers' own forms: one set of rules for pages and programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import get_language

from donations import minimums
from donations.api.inputs import CampaignChange, NewCampaign, WorkshopChange
from donations.api.problems import RefusedError
from donations.services import campaign_editing
from events.forms.amount_fields import typed_amount, typed_amounts
from events.forms.campaign_edit import EditForm
from events.forms.campaign_fields import OWN
from events.forms.campaigns import CreateForm
from events.forms.local_times import typed_text
from events.forms.workshop_values import initial_values
from events.forms.workshops import WorkshopForm
from events.models import Campaign, Team, Workshop
from fundraiser.core.money import SUPPORTED

#: A field of a form -> what it is called here.
_NAMES: Final = {
    "goal": "goal_minor",
    "suggested": "suggested_minor",
    "minimum": "minimum_minor",
    "maximum": "maximum_minor",
    "starts": "starts_at",
    "registration_opens": "registration_opens_at",
    "registration_closes": "registration_closes_at",
    "charity": "charity.key",
    "charity_name": "charity.name",
    "charity_site": "charity.site",
    "charity_country": "charity.country",
    "charity_registration": "charity.registration",
}


def refuse_invalid(form: forms.Form) -> None:
    """Raise RefusedError with what a form says of each field, if it says anything."""
    if form.is_valid():
        return
    found = [
        (_NAMES.get(name, name), message)
        for name, messages in form.errors.items()
        for message in map(str, messages)
    ]
    raise RefusedError(422, "invalid", "Some values cannot be taken.", errors=found)


def _language() -> str:
    return (get_language() or "en")[:2]


def new_campaign(sent: NewCampaign, team: Team) -> CreateForm:
    """Return the filled-in form of a new campaign. In the language of its texts."""
    charity, currency = sent.charity, sent.currency
    known = currency in SUPPORTED
    return CreateForm(
        {
            "title": sent.title,
            "charity": charity.key or OWN,
            "charity_name": charity.name,
            "charity_site": charity.site,
            "charity_country": charity.country,
            "charity_registration": charity.registration,
            "currency": currency,
            "destination": sent.destination,
            "goal": typed_amount(sent.goal_minor, currency, _language()) if known else "",
            "closes_on": sent.closes_on,
            "send_by": sent.send_by,
        },
        teams=[team],
    )


def _edit_form(campaign: Campaign, data: Mapping[str, Any] | None) -> EditForm:
    return EditForm(
        data,
        campaign=campaign,
        charged=minimums.limits,
        place_fixed=campaign_editing.is_money_fixed(campaign),
        currency_fixed=campaign_editing.is_currency_fixed(campaign),
        is_owner=False,  # where the money lands is chosen in the browser
    )


def changed_campaign(sent: CampaignChange, campaign: Campaign) -> EditForm:
    """Return a campaign's form with what was sent filled in."""
    values = dict(_edit_form(campaign, None).initial)
    first, currency = campaign.language, campaign.currency
    given = sent.model_dump(exclude_unset=True)
    for name in ("organizer_name", "closes_on", "send_by", "fees_paid_by_organizer"):
        if name in given:
            values[name] = given[name]
    for name in ("title", "story"):
        if name in given:
            values[f"{name}_{first}"] = given[name] or ""
    for code, texts in (sent.translations or {}).items():
        changed = texts.model_dump(exclude_unset=True)
        values |= {f"{name}_{code}": text for name, text in changed.items()}
    for name in ("goal", "minimum", "maximum"):
        if f"{name}_minor" in given:
            values[name] = typed_amount(given[f"{name}_minor"], currency, _language())
    if "suggested_minor" in given:
        amounts = [
            typed_amount(one, currency, _language()) for one in given["suggested_minor"] or []
        ]
        values["suggested"] = "\n".join(amounts)
    if given.get("accent"):
        values["accent"] = f"#{given['accent']}"
    return _edit_form(campaign, values)


_WORKSHOP_SAME: Final = (
    "title",
    "summary",
    "description",
    "time_zone",
    "duration_minutes",
    "capacity",
    "zero_allowed",
    "moderated",
    "waiting_list",
    "accessibility",
)
_WORKSHOP_TIMES: Final = {
    "registration_opens": "registration_opens_at",
    "registration_closes": "registration_closes_at",
}


def workshop(sent: WorkshopChange, campaign: Campaign, row: Workshop | None) -> WorkshopForm:
    """Return a workshop's form, or a new one's, with what was sent filled in."""
    currency, language = campaign.currency, _language()
    values: dict[str, Any] = dict(initial_values(campaign, row, language))
    given = sent.model_dump(exclude_unset=True)
    values |= {name: given[name] for name in _WORKSHOP_SAME if name in given}
    zone = str(values["time_zone"] or campaign.team.time_zone)  # the form asks for one
    for name in ("minimum", "maximum"):
        if f"{name}_minor" in given:
            values[name] = typed_amount(given[f"{name}_minor"], currency, language)
    if "suggested_minor" in given:
        values["suggested"] = typed_amounts(given["suggested_minor"] or [], currency, language)
    if "speakers" in given:
        values["speakers"] = "\n".join(given["speakers"] or [])
    for field, name in _WORKSHOP_TIMES.items():
        moment = given[name] if name in given else getattr(row, name, None)
        values[field] = typed_text(moment, zone)
    starts: datetime | None = given.get("starts_at") or (row.starts_at if row else None)
    if starts is not None:
        values["starts"] = typed_text(starts, zone)
        values["fold"] = str(starts.astimezone(ZoneInfo(zone)).fold)
    limits = minimums.minimum(currency), minimums.maximum(currency)
    return WorkshopForm(values, campaign=campaign, workshop=row, limits=limits)
