"""The form of a list of people to invite."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.models import Campaign, Workshop
from events.services import invitation_lists
from events.services.invitation_lists import Line
from events.states import WorkshopState
from fundraiser.core import clock

#: In bytes: 500 people have far less.
LONGEST_FILE: Final = 200_000


class InviteForm(forms.Form):
    """A list, pasted or as a file, and what the mail says. ``lines`` are read by ``clean``."""

    workshop = forms.ChoiceField(label=_("To what do you invite?"), required=False)
    people = forms.CharField(
        label=_("People, one a line"),
        required=False,
        max_length=LONGEST_FILE,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("An address, or name and address: “Dora, dora@example.org”. 500 at most."),
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)
    words = forms.CharField(
        label=_("A few words of your own"),
        required=False,
        max_length=1000,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", (get_language() or "en")[:2])
        rows = campaign.workshops.filter(
            state=WorkshopState.PUBLISHED, starts_at__gt=clock.now()
        ).order_by("starts_at")
        self.workshops: dict[str, Workshop] = {str(one.public_id): one for one in rows}
        field = self.fields["workshop"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        titles = [
            (key, one.text("title", get_language() or "en")) for key, one in self.workshops.items()
        ]
        field.choices = [("", gettext("The campaign")), *titles]

    def clean(self) -> dict[str, Any]:
        """Read the list; what is wrong with it as a whole is told at its field."""
        cleaned = super().clean() or {}
        file, field, text = cleaned.get("file"), "people", cleaned.get("people") or ""
        if file is not None:
            field, text = "file", f"{text}\n{self._content(file)}"
        lines: list[Line] = invitation_lists.read(text) if not self.errors else []
        if not self.errors and not lines:
            self.add_error(field, gettext("Nobody is on the list: paste some addresses."))
        if len(lines) > invitation_lists.MOST:
            self.add_error(
                field,
                ngettext(
                    "There is %(n)d line: 500 people can be invited at once.",
                    "There are %(n)d lines: 500 people can be invited at once.",
                    len(lines),
                )
                % {"n": len(lines)},
            )
        cleaned["lines"] = lines
        return cleaned

    def _content(self, file: Any) -> str:
        if file.size > LONGEST_FILE:
            self.add_error("file", gettext("The file is too long: it can have 200 kB."))
            return ""
        content: bytes = file.read()
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("cp1252", errors="replace")
