"""Workshops written and changed by their organizers; another time goes by workshops.reschedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from events.models import Campaign, Workshop
from events.services import campaigns, workshop_slugs
from events.services.seating import requests
from events.services.webhooks import outbox as webhooks
from events.states import WorkshopState
from fundraiser.core import clock, jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """All that the form of a workshop says but for its time. Amounts are minor units."""

    title: str
    summary: str = ""
    description: str = ""
    translations: Mapping[str, Mapping[str, str]]
    speakers: list[str]
    capacity: int | None = None
    suggested_minor: list[int]
    minimum_minor: int | None = None
    maximum_minor: int | None = None
    zero_allowed: bool = False
    benefit_minor: int | None = None
    registration_opens_at: datetime | None = None
    registration_closes_at: datetime | None = None
    moderated: bool = False
    waiting_list: bool = True
    offer_minutes: int = 720
    captions: list[str]
    accessibility: str = ""
    asks_access_needs: bool = False
    series_id: int | None = None


@dataclass(frozen=True, slots=True)
class Time:
    """When a workshop is: ``starts_at`` aware, ``time_zone`` of the tz database."""

    starts_at: datetime
    time_zone: str
    duration_minutes: int

    @classmethod
    def of(cls, workshop: Workshop) -> Time:
        """Return a workshop's present one."""
        return cls(workshop.starts_at, workshop.time_zone, workshop.duration_minutes)


def create(*, campaign: Campaign, details: Details, time: Time) -> Workshop:
    """Write a new workshop, a draft that only its team sees, and return it."""
    with transaction.atomic():
        # One after the other, so that two of one title get two addresses.
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        return Workshop.objects.create(
            campaign=campaign,
            slug=workshop_slugs.for_workshop(campaign, details.title),
            state=WorkshopState.DRAFT,
            created_at=clock.now(),
            **asdict(time),
            **asdict(details),
        )


def save(*, workshop_id: int, details: Details) -> Workshop:
    """Change a workshop and return it; seats that this adds are offered to who waits.

    Raises ValidationError at the field, with nothing changed: fewer seats than are taken.
    """
    with transaction.atomic():
        workshop = Workshop.objects.select_for_update(no_key=True).get(pk=workshop_id)
        before = workshop.moderated
        values = _values(workshop, details)
        changed = any(getattr(workshop, name) != value for name, value in values.items())
        for name, value in values.items():
            setattr(workshop, name, value)
        workshop.clean()
        workshop.save(update_fields=list(values))
        if changed and workshop.state == WorkshopState.PUBLISHED:
            webhooks.tell(
                "workshop.changed",
                campaign_id=workshop.campaign_id,
                key=f"{workshop.pk}:{clock.now():%Y%m%d%H%M%S%f}",
                workshop=workshop.pk,
            )
        campaigns.content_changed(workshop.campaign_id)
    if before and not workshop.moderated:
        requests.accept_everybody(workshop_id)
    jobs.enqueue("events.offer_seats", workshop=workshop_id)
    return workshop


def save_questions(workshop: Workshop, questions: list[dict[str, Any]]) -> None:
    """Replace a workshop's questions; answers given to one that is gone are not shown any more."""
    Workshop.objects.filter(pk=workshop.pk).update(questions=questions)
    campaigns.content_changed(workshop.campaign_id)


def _values(workshop: Workshop, details: Details) -> dict[str, Any]:
    """Return what is written; translations that the form does not know of stay."""
    values = asdict(details)
    values["translations"] = {
        language: kept
        for language in {*workshop.translations, *details.translations}
        if (kept := _merged(workshop.translations, details.translations, language))
    }
    return values


def _merged(
    old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]], language: str
) -> dict[str, str]:
    both = {**old.get(language, {}), **new.get(language, {})}
    return {name: text for name, text in both.items() if text}
