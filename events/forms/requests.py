"""The answer to a request to come."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.workshop_fields import text_field


class DeclineForm(forms.Form):
    """Why not: the person reads it."""

    reason = text_field(
        _("Reason"),
        length=1000,
        rows=3,
        required=True,
        help_text=_("Stands in the e-mail, as you write it."),
        error_messages={"required": _("Write a sentence: they read it.")},
    )
