"""The forms of a series, and of a workshop's further dates."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events.forms import local_times
from events.forms.local_times import LocalTimeField
from events.forms.workshop_fields import text_field
from events.models import Campaign, Series, Workshop
from events.services.cloning import MOST_DATES
from events.services.series_edits import Choice
from fundraiser.core import clock, zones

_NEW: Final = "new"
_FIRST_ROWS: Final = 5


class SeriesForm(forms.Form):
    """Title, description, and the workshops that are its dates."""

    title = text_field(
        gettext_lazy("Title"),
        length=160,
        required=True,
        error_messages={"required": gettext_lazy("Write what the series is called.")},
    )
    description = text_field(gettext_lazy("Description"), length=20_000, rows=5)
    workshops = forms.MultipleChoiceField(
        label=gettext_lazy("Its dates"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, data: Any = None, *, campaign: Campaign, series: Series | None = None
    ) -> None:
        super().__init__(data, initial=_initial(series) if series else {})
        language = (get_language() or "en")[:2]
        field = self.fields["workshops"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 -- declared above
        field.choices = [
            (str(one.pk), f"{one.text('title', language)} · {_when(one, language)}")
            for one in campaign.workshops.order_by("starts_at")
        ]
        self._codes = []
        for code, name in settings.LANGUAGES:
            if code == campaign.language[:2]:
                continue
            self._codes.append((code, str(name)))
            for field_name, rows in (("title", 0), ("description", 5)):
                widget = forms.Textarea if rows else forms.TextInput
                self.fields[f"{field_name}_{code}"] = text_field(
                    self.fields[field_name].label,
                    length=20_000 if rows else 160,
                    widget=widget(attrs={"lang": code}),
                )

    def translation_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields of each other language, for the template."""
        return [
            (name, [self[f"title_{code}"], self[f"description_{code}"]])
            for code, name in self._codes
        ]

    def values(self) -> dict[str, Any]:
        """Return what services/series_edits.py wants. Only for a valid form."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "description": data["description"],
            "workshops": [int(one) for one in data["workshops"]],
            "translations": {
                code: {name: data[f"{name}_{code}"] for name in ("title", "description")}
                for code, _name in self._codes
            },
        }


def _initial(series: Series) -> dict[str, Any]:
    values: dict[str, Any] = {"title": series.title, "description": series.description}
    values["workshops"] = [str(pk) for pk in series.workshops.values_list("pk", flat=True)]
    for code, texts in series.translations.items():
        values |= {f"{name}_{code}": text for name, text in texts.items()}
    return values


def _when(workshop: Workshop, language: str) -> str:
    return zones.long_text(workshop.starts_at, workshop.time_zone, language)


class CloneForm(forms.Form):
    """Further dates, in the workshop's own zone, and what comes along."""

    series = forms.ChoiceField(label=gettext_lazy("One page for all dates"), required=False)
    new_series = text_field(gettext_lazy("Title of the new series"), length=160)
    hosts = forms.BooleanField(
        label=gettext_lazy("The same people speak"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Each gets the links by e-mail once a date is published."),
    )
    publish = forms.BooleanField(label=gettext_lazy("Publish them at once"), required=False)

    def __init__(self, data: Any = None, *, workshop: Workshop, rows: int = _FIRST_ROWS) -> None:
        super().__init__(data, initial={"series": str(workshop.series_id or "")})
        self.workshop = workshop
        self.dates: list[datetime] = []
        self.names = [f"date_{number}" for number in range(1, min(rows, MOST_DATES) + 1)]
        for number, name in enumerate(self.names, start=1):
            label = _("Date %(number)d") % {"number": number}
            self.fields[name] = LocalTimeField(label=label, required=False)
        language = (get_language() or "en")[:2]
        known = workshop.campaign.series.order_by("title")
        field = self.fields["series"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [
            ("", _("No: each has a page of its own alone")),
            (_NEW, _("Yes, a new series")),
            *[(str(one.pk), one.text("title", language)) for one in known],
        ]

    @classmethod
    def rows_of(cls, data: Any) -> int:
        """Return how many dates a sent form has."""
        text = str(data.get("rows") or "")
        return min(int(text), MOST_DATES) if text.isascii() and text.isdigit() else _FIRST_ROWS

    @property
    def can_have_more(self) -> bool:
        """Whether there may be further rows."""
        return len(self.names) < MOST_DATES

    def date_fields(self) -> list[forms.BoundField]:
        """Return the fields of the dates, for the template."""
        return [self[name] for name in self.names]

    def clean(self) -> dict[str, Any]:
        """Work out the dates; every problem is told at the date that it is about."""
        cleaned = super().clean() or {}
        for name in self.names:
            local = cleaned.get(name)
            if local is not None:
                self._clean_date(name, local)
        if not self.dates and not any(name in self.errors for name in self.names):
            self.add_error(self.names[0], _("Write at least one date."))
        if cleaned.get("series") == _NEW and not cleaned.get("new_series", "").strip():
            self.add_error("new_series", _("Write what the series is called."))
        return cleaned

    def _clean_date(self, name: str, local: datetime) -> None:
        zone = self.workshop.time_zone
        try:
            moment = local_times.moment_of(local, zone)
        except forms.ValidationError as error:
            self.add_error(name, error)
            return
        if local_times.is_twice(local, zone):
            told = {"time": f"{local:%H:%M}"}
            text = _("Clocks show %(time)s twice that day: choose another time, or edit it later.")
            self.add_error(name, text % told)
        elif moment <= clock.now():
            self.add_error(name, _("This time is past already."))
        elif moment in self.dates:
            self.add_error(name, _("This date is there twice."))
        else:
            self.dates.append(moment)

    def choice(self) -> Choice:
        """Return the series. Only for a valid form."""
        picked = self.cleaned_data["series"]
        if picked == _NEW:
            return Choice(new_title=self.cleaned_data["new_series"].strip())
        return Choice(series_id=int(picked)) if picked else Choice()
