"""What organizers write to their people, as forms: own words, own messages, and when to remind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.services.mails import texts
from events.states import Audience

MAXIMUM_REMINDERS: Final = 5
#: Nobody plans further ahead; the planner reads no further, too.
_LONGEST: Final = 60 * 24 * 365
_UNITS: Final = {"minutes": 1, "hours": 60, "days": 60 * 24}


def check_placeholders(text: str, known: Sequence[str]) -> None:
    """Raise ValidationError that names each unknown {placeholder}, and those that there are."""
    if not (names := texts.unknown(text, known)):
        return
    sentence = ngettext(
        "There is no placeholder %(unknown)s. These can be used: %(known)s.",
        "There are no placeholders %(unknown)s. These can be used: %(known)s.",
        len(names),
    )
    values = {
        "unknown": ", ".join(f"{{{name}}}" for name in names),
        "known": ", ".join(f"{{{name}}}" for name in known),
    }
    raise ValidationError(sentence % values)


class WordsForm(forms.Form):
    """A mail's subject and body, in which the ``placeholders`` may stand."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=200,
        validators=[ProhibitNullCharactersValidator()],
        error_messages={"required": _("Write a subject: it is what people see first.")},
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        validators=[ProhibitNullCharactersValidator()],
        error_messages={"required": _("Write what the mail says.")},
    )

    def __init__(
        self, *args: Any, placeholders: Sequence[str] = texts.PLACEHOLDERS, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        check = partial(check_placeholders, known=placeholders)
        for name in ("subject", "body"):
            self.fields[name].validators.append(check)


class MessageForm(WordsForm):
    """An organizer's own message: to whom, and its words."""

    audience = forms.ChoiceField(label=_("To"), widget=forms.RadioSelect)

    field_order = ("audience", "subject", "body")

    def __init__(self, *args: Any, audiences: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["audience"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = audiences
        field.error_messages["required"] = gettext("Choose who gets it.")
        self.initial.setdefault("audience", Audience.EVERYBODY)


class ReminderForm(forms.Form):
    """When people are reminded: up to five times, each a number and a unit before the start."""

    def __init__(self, *args: Any, minutes: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = sorted(minutes, reverse=True)[:MAXIMUM_REMINDERS]
        for n in range(MAXIMUM_REMINDERS):
            number, unit = _split(given[n]) if n < len(given) else (None, "hours")
            self.fields[f"number_{n}"] = forms.IntegerField(
                label=gettext("Reminder %(number)d") % {"number": n + 1},
                required=False,
                min_value=1,
                max_value=_LONGEST,
                initial=number,
                error_messages={
                    "invalid": gettext("Write a whole number, for example 24."),
                    "min_value": gettext("Write a number from 1 on, or leave it empty."),
                },
            )
            self.fields[f"unit_{n}"] = forms.ChoiceField(
                label=gettext("Unit of reminder %(number)d") % {"number": n + 1},
                choices=[
                    ("minutes", gettext("minutes before")),
                    ("hours", gettext("hours before")),
                    ("days", gettext("days before")),
                ],
                required=False,
                initial=unit,
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return number and unit of each reminder, side by side."""
        return [(self[f"number_{n}"], self[f"unit_{n}"]) for n in range(MAXIMUM_REMINDERS)]

    def clean(self) -> dict[str, Any]:
        """Refuse what is further ahead than a year, at its number."""
        cleaned = super().clean() or {}
        for n in range(MAXIMUM_REMINDERS):
            if (self._minutes(cleaned, n) or 0) > _LONGEST:
                self.add_error(f"number_{n}", gettext("Remind people a year before at most."))
        return cleaned

    def _minutes(self, cleaned: dict[str, Any], n: int) -> int | None:
        number = cleaned.get(f"number_{n}")
        return None if number is None else number * _UNITS[cleaned.get(f"unit_{n}") or "minutes"]

    def minutes(self) -> list[int]:
        """Return the minutes before the start, the earliest reminder first, each once."""
        found = {self._minutes(self.cleaned_data, n) for n in range(MAXIMUM_REMINDERS)}
        return sorted((one for one in found if one is not None), reverse=True)


def _split(minutes: int) -> tuple[int, str]:
    """Return minutes in the largest unit in which they are whole."""
    for unit, size in sorted(_UNITS.items(), key=lambda one: -one[1]):
        if minutes % size == 0:
            return minutes // size, unit
    return minutes, "minutes"
