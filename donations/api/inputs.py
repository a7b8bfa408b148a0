"""What may be written, as it is sent. The rules of the organizers' own forms hold: forms.py."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Final, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict

from donations.services.exports.accounting_kinds import FEC, JOURNAL
from donations.services.exports.kinds import KINDS
from events.states import Destination
from fundraiser.core import zones

_MOST: Final = 999_999_999_999
_Minor = Annotated[int, Field(gt=0, le=_MOST)]


def _in_sight(moment: datetime) -> datetime:
    if not 1971 <= moment.year <= 8999:
        raise ValueError("choose a year between 1971 and 8999")
    return moment


def _day_in_sight(day: date) -> date:
    if not 1971 <= day.year <= 8999:
        raise ValueError("choose a year between 1971 and 8999")
    return day


def _zone(name: str) -> str:
    if not zones.is_zone(name):
        raise ValueError("no zone of the tz database has this name")
    return name


_Moment = Annotated[AwareDatetime, AfterValidator(_in_sight)]
_Day = Annotated[date, AfterValidator(_day_in_sight)]
_Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
_Language = Literal["en", "fr"]


class _Strict(Schema):
    """A misspelt name is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class CharityInput(_Strict):
    """A charity of the catalogue by its ``key``, or another one by its name and facts."""

    key: str = Field("", max_length=40)
    name: str = Field("", max_length=120)
    site: str = Field("", max_length=200)
    country: str = Field("", max_length=2)
    registration: str = Field("", max_length=60)


class NewCampaign(_Strict):
    """A campaign to begin. It is a draft; publishing it stays with a person."""

    title: str = Field(max_length=160)
    language: _Language = "en"
    charity: CharityInput
    currency: str = Field(max_length=3)
    destination: Destination
    goal_minor: _Minor | None = None
    closes_on: _Day | None = None
    send_by: _Day | None = None


class Texts(_Strict):
    """A campaign’s texts in one language."""

    title: str = Field("", max_length=160)
    story: str = Field("", max_length=20_000)


class CampaignChange(_Strict):
    """What is to change in a draft; what is not sent stays as it is."""

    title: str | None = Field(None, max_length=160)
    story: str | None = Field(None, max_length=20_000)
    translations: dict[_Language, Texts] | None = None
    organizer_name: str | None = Field(None, max_length=120)
    goal_minor: _Minor | None = None
    suggested_minor: list[_Minor] | None = Field(None, max_length=4)
    minimum_minor: _Minor | None = None
    maximum_minor: _Minor | None = None
    closes_on: _Day | None = None
    send_by: _Day | None = None
    accent: str | None = Field(None, pattern="^[0-9a-f]{6}$")
    fees_paid_by_organizer: bool | None = None


class WorkshopChange(_Strict):
    """What is to change in a draft of a workshop; what is not sent stays as it is."""

    title: str | None = Field(None, max_length=160)
    summary: str | None = Field(None, max_length=300)
    description: str | None = Field(None, max_length=20_000)
    speakers: list[Annotated[str, Field(max_length=120)]] | None = Field(None, max_length=20)
    starts_at: _Moment | None = None
    time_zone: _Zone | None = None
    duration_minutes: int | None = Field(None, ge=1, le=20_160)
    capacity: int | None = Field(None, ge=1, le=1_000_000)
    suggested_minor: list[_Minor] | None = Field(None, max_length=8)
    minimum_minor: _Minor | None = None
    maximum_minor: _Minor | None = None
    zero_allowed: bool | None = None
    moderated: bool | None = None
    waiting_list: bool | None = None
    registration_opens_at: _Moment | None = None
    registration_closes_at: _Moment | None = None
    accessibility: str | None = Field(None, max_length=2000)


class NewWorkshop(WorkshopChange):
    """A workshop to begin. What is not sent is as in the form: often as the last one had it."""

    campaign: UUID
    title: str = Field(max_length=160)
    starts_at: _Moment


#: These are of a whole team, and asked for in the browser.
_KINDS = [name for name in KINDS if name not in {FEC.name, JOURNAL.name}]
ExportKind = Enum("ExportKind", {name: name for name in _KINDS}, type=str)  # type: ignore[misc]


class NewExport(_Strict):
    """A file to be written, of a campaign or one of its workshops, and of these days."""

    kind: ExportKind
    format: Literal["csv", "xlsx", "jsonl"]
    campaign: UUID
    workshop: UUID | None = None
    first_day: _Day | None = None
    last_day: _Day | None = None
    time_zone: _Zone = "UTC"
