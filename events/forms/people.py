"""The form of a note about a person."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class NoteForm(forms.Form):
    """A note that only the team's owners and organizers read."""

    text = forms.CharField(
        label=_("A note"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Only your team’s owners and organizers read it here. The person gets it when they ask "
            "for their data."
        ),
        error_messages={
            "required": _("Write something first."),
            "max_length": _("A note can have 1000 characters: shorten it."),
        },
    )
