"""A workshop as a form: what it is, when, for how many, and for how much."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from events.forms import local_times
from events.forms.local_times import FoldField, LocalTimeField
from events.forms.workshop_fields import WorkshopFields, text_field
from events.forms.workshop_values import TRANSLATED, initial_values
from events.forms.zone_choices import with_zone
from events.models import Campaign, Workshop
from events.services.workshop_edits import Details, Time
from fundraiser.core import clock
from fundraiser.core.money import Money

_AMOUNTS: Final = ("suggested", "minimum", "maximum", "benefit")
_MOST_SPEAKERS: Final = 20


class WorkshopForm(WorkshopFields):
    """What its organizers write of a workshop, checked; the room and the mails have pages."""

    def __init__(
        self,
        data: Any = None,
        *,
        campaign: Campaign,
        workshop: Workshop | None,
        limits: tuple[Money, Money],
    ) -> None:
        """``limits`` are the least and the most that can be charged in the campaign's currency."""
        self._language = (get_language() or "en")[:2]
        initial = initial_values(campaign, workshop, self._language)
        super().__init__(data, initial=initial)
        self.campaign, self.workshop, self._limits = campaign, workshop, limits
        self.time: Time | None = None
        self._prepare_amounts()
        self._prepare_choices(str(initial["time_zone"]))
        self.translations = self._add_translations()
        if not self._asks_which():
            del self.fields["fold"]

    def _prepare_amounts(self) -> None:
        for name in _AMOUNTS:
            field = self.fields[name]
            field.currency = self.campaign.currency  # type: ignore[attr-defined]
            field.label = f"{field.label} ({self.campaign.currency})"
        example = "10, 20, 50"
        self.fields["suggested"].help_text = _("A list, for example %(example)s.") % {
            "example": example
        }

    def _prepare_choices(self, zone: str) -> None:
        rows = self.campaign.series.order_by("title")
        of_series = [(str(one.pk), one.text("title", self._language)) for one in rows]
        captions = [
            (code, get_language_info(code)["name_translated"].capitalize())
            for code, _name in settings.LANGUAGES
        ]
        for name, choices in (
            ("time_zone", [*with_zone(zone)]),
            ("series", [("", _("None: a page of its own alone")), *of_series]),
            ("captions", captions),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if not of_series:
            del self.fields["series"]

    def _add_translations(self) -> list[tuple[str, list[str]]]:
        """Add the texts in the other languages; return their names, by the language's own name."""
        added = []
        for code, language in settings.LANGUAGES:
            if code == self.campaign.language[:2]:
                continue
            names = []
            for name in TRANSLATED:
                field = self.fields[name]
                assert isinstance(field, forms.CharField)  # noqa: S101 -- declared above
                widget = type(field.widget)(attrs={**field.widget.attrs, "lang": code})
                names.append(f"{name}_{code}")
                self.fields[names[-1]] = text_field(
                    field.label, length=field.max_length or 300, widget=widget
                )
            added.append((str(language), names))
        return added

    def translation_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields of each other language, for the template."""
        return [(name, [self[one] for one in names]) for name, names in self.translations]

    def clean_speakers(self) -> list[str]:
        """Return the names, one a line."""
        lines = [one.strip() for one in self.cleaned_data["speakers"].splitlines()]
        names = [one for one in lines if one]
        if len(names) > _MOST_SPEAKERS or any(len(one) > 120 for one in names):
            raise forms.ValidationError(_("At most 20 names, each of 120 letters at most."))
        return names

    def clean(self) -> dict[str, Any]:
        """Work out the time and look at what must fit together."""
        cleaned = super().clean() or {}
        self._clean_time(cleaned)
        opens, closes = (
            self._moment(cleaned, name) for name in ("registration_opens", "registration_closes")
        )
        if opens and closes and closes <= opens:
            self.add_error("registration_closes", _("It closes before it opens."))
        cleaned |= {"opens_at": opens, "closes_at": closes}
        self._clean_amounts(cleaned)
        return cleaned

    def _asks_which(self) -> bool:
        """Whether the time that stands in the form is one that clocks show twice; then ask."""
        typed = self.data if self.is_bound else self.initial
        zone = str(typed.get("time_zone") or "")
        known = {name for _region, names in with_zone(zone) for name, _city in names}
        try:
            local = LocalTimeField().clean(str(typed.get("starts") or ""))
            if zone not in known or not local_times.is_twice(local, zone):
                return False
        except (forms.ValidationError, ValueError, OSError, AttributeError):
            return False
        field = self.fields["fold"]
        assert isinstance(field, FoldField)  # noqa: S101 -- declared above
        field.offer(local, zone)
        return True

    def _clean_time(self, cleaned: dict[str, Any]) -> None:
        local, zone, minutes = (
            cleaned.get(name) for name in ("starts", "time_zone", "duration_minutes")
        )
        if not local or not zone or not minutes:
            return
        old = Time.of(self.workshop) if self.workshop else None
        fold = cleaned.get("fold") or ""
        if "fold" in self.fields and not fold:
            told = {"time": f"{local:%H:%M}"}
            text = _("Clocks show %(time)s twice that day: say which one you mean.")
            self.add_error("fold", text % told)
            return
        moment = self._moment(cleaned, "starts", fold)
        if moment is None:
            return
        # What is shown has no seconds; a time that was not touched stays what it is.
        if old and old.time_zone == zone and _same_minute(old.starts_at, moment):
            moment = old.starts_at
        elif moment <= clock.now():
            self.add_error("starts", _("This time is past already."))
        self.time = Time(moment, zone, minutes)

    def _moment(self, cleaned: dict[str, Any], name: str, fold: str = "0") -> datetime | None:
        local, zone = cleaned.get(name), cleaned.get("time_zone")
        if not local or not zone:
            return None
        try:
            return local_times.moment_of(local, zone, fold)
        except forms.ValidationError as error:
            self.add_error(name, error)
            return None

    def _clean_amounts(self, cleaned: dict[str, Any]) -> None:
        currency = self.campaign.currency
        smallest, largest = (one.minor for one in self._limits)
        low, high = cleaned.get("minimum"), cleaned.get("maximum")
        least, most = max(low or 0, smallest), min(high or largest, largest)
        told = {
            "least": Money(least, currency).format(self._language, short=True),
            "most": Money(most, currency).format(self._language, short=True),
        }
        if (low and low > largest) or (high is not None and high < least):
            self.add_error("maximum", _("The most must be more than %(least)s.") % told)
            return
        if any(not least <= one <= most for one in cleaned.get("suggested") or []):
            text = _("Each suggested amount lies between %(least)s and %(most)s.")
            self.add_error("suggested", text % told)

    def details(self) -> Details:
        """Return what was typed but for the time. Only for a valid form."""
        data = self.cleaned_data
        same = ("title", "summary", "description", "speakers", "capacity", "zero_allowed")
        more = ("moderated", "waiting_list", "offer_minutes", "captions", "accessibility")
        others = [code for code, _name in settings.LANGUAGES if f"title_{code}" in self.fields]
        return Details(
            **{name: data[name] for name in (*same, *more)},
            translations={
                code: {name: data[f"{name}_{code}"] for name in TRANSLATED} for code in others
            },
            suggested_minor=data["suggested"],
            minimum_minor=data["minimum"],
            maximum_minor=data["maximum"],
            benefit_minor=data["benefit"],
            registration_opens_at=data["opens_at"],
            registration_closes_at=data["closes_at"],
            asks_access_needs=data["asks_access_needs"],
            series_id=int(data["series"]) if data.get("series") else None,
        )

    def is_moved(self) -> bool:
        """Whether the form says another time than the workshop has. Only for a valid form."""
        return self.workshop is not None and self.time != Time.of(self.workshop)


def _same_minute(one: datetime, other: datetime) -> bool:
    return one.timestamp() // 60 == other.timestamp() // 60
