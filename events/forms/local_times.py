"""Times as people type them: local ones of a zone, which clocks may skip or show twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from fundraiser.core import zones

_FORMATS: Final = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")


class LocalTimeField(forms.CharField):
    """A date and a time without a zone, as ``datetime-local`` sends them; None where empty."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "datetime-local", "autocomplete": "off"})
        super().__init__(max_length=32, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the naive moment."""
        text = super().clean(value)
        if not text:
            return None
        for pattern in _FORMATS:
            try:
                found = datetime.strptime(text, pattern)  # noqa: DTZ007 -- its zone is typed beside it
            except ValueError:
                continue
            if 1970 < found.year < 9000:
                return found.replace(second=0)
        raise ValidationError(_("Write the date and the time like 2027-03-24 19:00."))


class FoldField(forms.ChoiceField):
    """Which of two moments is meant where clocks show a time twice."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Which of the two?"), required=False, widget=forms.RadioSelect
        )

    def offer(self, local: datetime, zone: str) -> None:
        """Name both moments."""
        both = [local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
        words = (_("Before the clocks are put back"), _("After the clocks are put back"))
        self.choices = [
            (str(n), f"{word} ({moment:%H:%M}, {zones.offset(moment)})")
            for n, (word, moment) in enumerate(zip(words, both, strict=True))
        ]


def typed_text(moment: datetime | None, zone: str) -> str:
    """Return an aware moment as ``LocalTimeField`` shows it in a zone."""
    return "" if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def is_twice(local: datetime, zone: str) -> bool:
    """Whether clocks in a zone show this naive time twice."""
    aware = local.replace(tzinfo=ZoneInfo(zone))
    return not zones.is_missing(aware) and zones.is_ambiguous(aware)


def moment_of(local: datetime, zone: str, fold: str = "0") -> datetime:
    """Return the aware moment; ValidationError where clocks skip it."""
    aware = local.replace(tzinfo=ZoneInfo(zone), fold=1 if fold == "1" else 0)
    if zones.is_missing(aware):
        told = {"time": f"{local:%H:%M}", "place": zones.city(zone, get_language() or "en")}
        raise ValidationError(
            _(
                "%(time)s does not exist on that day (%(place)s): the clocks are put forward. "
                "Choose a time an hour earlier or later."
            )
            % told
        )
    return aware
