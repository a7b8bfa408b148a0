"""The forms of a workshop's room: where it is, its replay, and a provider's attendance report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from events.services.room import bigbluebutton, rooms
from events.services.room.attendance_reports import LONGEST_FILE
from events.services.room.rooms import Settings
from events.states import RoomKind

_KINDS = {
    RoomKind.ADDRESS: _("An address of my own: Zoom, Meet, YouTube, or any other"),
    RoomKind.JITSI: _("Make me a Jitsi room: free, in the browser, with a name nobody can guess"),
    RoomKind.BIGBLUEBUTTON: _("Make me a BigBlueButton meeting"),
}


class AddressField(forms.CharField):
    """An https address; one pasted without https:// gets it."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(
            required=False,
            max_length=500,
            validators=[rooms.check_address],
            widget=forms.TextInput(attrs=attributes),
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """Return the address as it is opened."""
        text = str(super().to_python(value) or "")
        return f"https://{text}" if text and "://" not in text and ":" not in text[:12] else text


class RoomForm(forms.Form):
    """Where people are sent when they join, and where those who were there watch it again."""

    room_kind = forms.ChoiceField(label=_("The room"), widget=forms.RadioSelect)
    join_url = AddressField(
        label=_("Address of the room"),
        help_text=_(
            "As you would send it to a friend. It is shown to nobody: each person joins by their "
            "own link, from 15 minutes before the start."
        ),
    )
    replay_url = AddressField(
        label=_("Address of the recording"),
        help_text=_("Once the workshop is over, everybody who was registered can watch it there."),
    )
    replay_for_gifts = forms.BooleanField(
        label=_("Newcomers may watch the recording for a gift"),
        required=False,
        help_text=_("The workshop’s page then offers it, and the gift counts into the same total."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, workshop: Workshop) -> None:
        names = ("room_kind", "join_url", "replay_url", "replay_for_gifts")
        super().__init__(data, initial={name: getattr(workshop, name) for name in names})
        kinds = self.fields["room_kind"]
        assert isinstance(kinds, forms.ChoiceField)  # noqa: S101 -- declared above
        kinds.choices = [
            (kind, label)
            for kind, label in _KINDS.items()
            if kind != RoomKind.BIGBLUEBUTTON
            or bigbluebutton.is_configured()
            or workshop.room_kind == kind
        ]

    def settings(self) -> Settings:
        """Return what was chosen. Only for a valid form."""
        data = self.cleaned_data
        return Settings(
            kind=RoomKind(data["room_kind"]),
            join_url=data["join_url"],
            replay_url=data["replay_url"],
            replay_for_gifts=data["replay_for_gifts"],
        )

    def clean(self) -> dict[str, Any]:
        """Say where a choice needs an address that is missing."""
        cleaned = super().clean() or {}
        missing = cleaned.get("replay_url") == ""
        if cleaned.get("replay_for_gifts") and missing:
            self.add_error("replay_url", _("Write the address of the recording, too."))
        return cleaned


class ReportForm(forms.Form):
    """A provider's file."""

    report = forms.FileField(
        label=_("Attendance report (.csv)"),
        help_text=_(
            "Zoom: Reports → Usage → Participants → Export. Google Meet: the attendance report in "
            "your mail, saved as CSV. BigBlueButton: Learning Dashboard → Download."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={
            "required": _("Choose the file first."),
            "empty": _("The file is empty."),
        },
    )

    def clean_report(self) -> bytes:
        """Return the file's bytes, at most one more than the longest that is read."""
        file = self.cleaned_data["report"]
        content: bytes = file.read(LONGEST_FILE + 1)
        return content
