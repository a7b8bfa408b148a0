"""Series written and changed by their organizers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction

from events.models import Campaign, Series, Workshop
from events.services import campaigns, workshop_slugs
from fundraiser.core import clock


@dataclass(frozen=True, slots=True)
class Choice:
    """Into which series dates go: an existing one, a new one by its title, or (both empty) none."""

    series_id: int | None = None
    new_title: str = ""


def create(
    *,
    campaign: Campaign,
    title: str,
    description: str,
    translations: Mapping[str, Mapping[str, str]],
    workshops: Collection[int],
) -> Series:
    """Write a series with these of the campaign's workshops (ids) in it, and return it."""
    with transaction.atomic():
        Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        series = Series.objects.create(
            campaign=campaign,
            slug=workshop_slugs.for_series(campaign, title),
            title=title,
            description=description,
            translations=_told(translations),
            created_at=clock.now(),
        )
        _put_in(series, workshops)
    return series


def save(
    *,
    series: Series,
    title: str,
    description: str,
    translations: Mapping[str, Mapping[str, str]],
    workshops: Collection[int],
) -> None:
    """Change a series; the campaign's workshops that are not named leave it. Its address stays."""
    with transaction.atomic():
        series.title, series.description = title, description
        series.translations = _told(translations)
        series.save(update_fields=["title", "description", "translations"])
        _put_in(series, workshops)


def remove(series: Series) -> None:
    """Take a series away; its workshops stay."""
    with transaction.atomic():
        campaigns.content_changed(series.campaign_id)
        series.delete()


def chosen(workshop: Workshop, choice: Choice) -> int | None:
    """Return the id of the chosen series, made now if it is new, and put the workshop into it.

    Within the caller's transaction, with the campaign locked.
    """
    if choice.new_title:
        campaign = workshop.campaign
        series = Series.objects.create(
            campaign=campaign,
            slug=workshop_slugs.for_series(campaign, choice.new_title),
            title=choice.new_title,
            created_at=clock.now(),
        )
        series_id: int | None = series.pk
    else:
        series_id = choice.series_id
    if series_id is not None:
        Workshop.objects.filter(pk=workshop.pk).update(series=series_id)
    return series_id


def _put_in(series: Series, workshops: Collection[int]) -> None:
    rows = Workshop.objects.filter(campaign=series.campaign_id)
    rows.filter(series=series).exclude(pk__in=workshops).update(series=None)
    rows.filter(pk__in=workshops).update(series=series)
    campaigns.content_changed(series.campaign_id)


def _told(translations: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    told = {
        code: {name: text for name, text in texts.items() if text}
        for code, texts in translations.items()
    }
    return {code: texts for code, texts in told.items() if texts}
