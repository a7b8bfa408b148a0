"""The form that makes a token of the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from donations.services.api_tokens import SCOPES

_WORDS: dict[str, Any] = {
    "read:campaigns": _("Read campaigns and workshops"),
    "read:people": _("Read who registered and gave, with addresses"),
    "read:money": _("Read donations and totals"),
    "write:campaigns": _("Prepare drafts of campaigns and workshops"),
    "write:exports": _("Ask for exports and fetch them"),
}


def scope_words(scopes: list[str]) -> list[Any]:
    """Return what a token is for, in words."""
    return [_WORDS[one] for one in SCOPES if one in scopes]


class TokenForm(forms.Form):
    """What a token is called, what it is for, and how long it counts."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=80,
        help_text=_("For example “Website” or “Accounting”: so that you know it again."),
        error_messages={"required": _("Write what it is for.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=list(_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that it may do.")},
    )
    days = forms.TypedChoiceField(
        label=_("It counts for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        initial=90,
    )
