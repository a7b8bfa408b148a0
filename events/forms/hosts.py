"""A speaker or helper, as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import EmailValidator, ProhibitNullCharactersValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class HostForm(forms.Form):
    """Name, address, and the language of the mails."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[ProhibitNullCharactersValidator()],
        error_messages={"required": _("Write the name that stands in the mail.")},
    )
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        validators=[
            EmailValidator(_("Write an e-mail address like name@example.org.")),
            ProhibitNullCharactersValidator(),
        ],
        widget=forms.EmailInput(),
        error_messages={"required": _("Write the address that the link goes to.")},
    )
    language = forms.ChoiceField(label=_("Language of the mails"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [(code, str(name)) for code, name in settings.LANGUAGES]
        self.initial.setdefault("language", (get_language() or "en")[:2])
