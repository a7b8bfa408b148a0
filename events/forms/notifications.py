"""Which mails a member of a team wants, and in which language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from events.models import Membership
from events.services.access import EDITORS


class NotificationsForm(forms.ModelForm):  # type: ignore[type-arg]
    """One place in one team. A viewer is not asked about what a viewer cannot see to."""

    language = forms.ChoiceField(label=_("Language of these mails"))

    class Meta:
        model = Membership
        fields = ("wants_gift_mails", "wants_digest", "wants_attention_mails", "language")
        labels = {
            "wants_gift_mails": _("Each new gift"),
            "wants_digest": _("The day, every morning, when something happened"),
            "wants_attention_mails": _("What needs a person, as soon as it does"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [(code, str(name)) for code, name in settings.LANGUAGES]
        if self.instance.role not in EDITORS:
            del self.fields["wants_attention_mails"]
