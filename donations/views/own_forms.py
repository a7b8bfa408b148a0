"""The small forms of a person's own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations.companions import email_validators
from events.forms.zone_choices import with_zone
from events.models import Booking, Registration
from events.questions import clean_questions, question_fields
from events.services.seating.seat_changes import NewPerson
from fundraiser.core import zones


def email_field(**options: Any) -> forms.CharField:
    """Return a field for an e-mail address, as on the give form."""
    return forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        validators=email_validators(),
        widget=forms.EmailInput(attrs={"autocomplete": options.pop("autocomplete", "email")}),
        **options,
    )


class AnswersForm(forms.Form):
    """One person's answers to the organizer's questions."""

    def __init__(self, data: Any = None, *, registration: Registration) -> None:
        initial = {f"question_{key}": value for key, value in registration.answers.items()}
        super().__init__(data, initial=initial, prefix=f"answers-{registration.position}")
        self._workshop = registration.booking.workshop
        self.fields.update(question_fields(self._workshop, get_language() or "en"))

    def clean(self) -> dict[str, Any]:
        """Ask for what another answer makes needed."""
        super().clean()
        clean_questions(self, self._workshop, get_language() or "en")
        return self.cleaned_data

    def answers(self) -> dict[str, Any]:
        """Return the answers by question id. Only for a valid form."""
        return {name.removeprefix("question_"): one for name, one in self.cleaned_data.items()}


class HandOverForm(forms.Form):
    """Who gets the seat."""

    name = forms.CharField(
        label=_("Their name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the name of the person who comes instead.")},
    )
    email = email_field(
        autocomplete="off",
        error_messages={"required": _("Write their e-mail address: the way in goes there.")},
    )
    language = forms.ChoiceField(label=_("Language of their e-mails"), choices=settings.LANGUAGES)

    def __init__(self, data: Any = None, *, registration: Registration) -> None:
        initial = {"language": registration.speaks}
        super().__init__(data, initial=initial, prefix=f"over-{registration.position}")

    def person(self) -> NewPerson:
        """Return the new person. Only for a valid form."""
        data = self.cleaned_data
        return NewPerson(data["name"].strip(), data["email"].strip(), data["language"])


class MailsForm(forms.Form):
    """The language and the zone of a person's mails."""

    language = forms.ChoiceField(label=_("Language of my e-mails"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("My time zone"),
        required=False,
        help_text=_("E-mails then tell the time where you are."),
    )

    def __init__(self, data: Any = None, *, owner: Booking | Registration) -> None:
        registration = owner if isinstance(owner, Registration) else None
        language = registration.speaks if registration else owner.language
        zone = registration.lives_in if registration else owner.time_zone
        initial = {"language": language[:2], "time_zone": zone}
        super().__init__(data, initial=initial, prefix="mails")
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [("", _("As the workshop’s")), *with_zone(zone)]

    def clean_time_zone(self) -> str:
        """Return a zone of the tz database, or nothing."""
        zone: str = self.cleaned_data["time_zone"]
        return zone if zones.is_zone(zone) else ""


class AddressForm(forms.Form):
    """Whose links are asked for."""

    email = email_field(
        error_messages={"required": _("Write the e-mail address that you registered with.")}
    )


class EraseForm(forms.Form):
    """Whether they mean it: the address is typed once more."""

    typed = email_field(autocomplete="off")

    def __init__(self, data: Any = None, *, email: str) -> None:
        super().__init__(data)
        self._email = email
        field = self.fields["typed"]
        field.label = _("To erase everything, type your e-mail address")
        field.error_messages["required"] = _(
            "Type your e-mail address, so that we know you mean it."
        )

    def clean_typed(self) -> str:
        """Refuse another address."""
        typed: str = self.cleaned_data["typed"].strip()
        if typed.casefold() != self._email.casefold():
            raise forms.ValidationError(_("This is not the address of this page."))
        return typed
