"""The form of a referral link: what it is called, and what stands in its address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models.referrals import CODE
from events.services import referrals


class ReferralForm(forms.Form):
    """A link with totals of its own. Without a code one is made of the name."""

    label = forms.CharField(
        label=_("Who or what is it for?"),
        max_length=80,
        help_text=_("For example “Choir newsletter”. Only your team reads it."),
        error_messages={"required": _("Give the link a name, so that you know it again.")},
    )
    code = forms.CharField(
        label=_("Code in the address"),
        max_length=referrals.LONGEST_CODE,
        required=False,
        validators=[
            RegexValidator(
                CODE, _("Use small letters without accents, digits and hyphens: for example choir.")
            )
        ],
        help_text=_("Left empty, it is made of the name. It cannot be changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """Refuse what invitations begin with."""
        code: str = self.cleaned_data["code"]
        if code.startswith("i-"):
            raise forms.ValidationError(gettext("A code cannot begin with “i-”: choose another."))
        return code

    def clean(self) -> dict[str, Any]:
        """Make a code of the name where none was written."""
        cleaned = super().clean() or {}
        if cleaned.get("label") and cleaned.get("code") == "":
            cleaned["code"] = referrals.code_for(cleaned["label"])
            if not cleaned["code"]:
                self.add_error("code", gettext("Nothing of the name can stand there: write one."))
        return cleaned
