"""The forms of seats that the surplus of others' gifts carries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations.declared_forms import typed_amount
from donations.forms import PersonForm
from events.models import Workshop
from events.questions import clean_questions, question_fields
from events.services.seating.seats import Payer


class CarriedForm(PersonForm):
    """Somebody who cannot give right now asks for a seat that others' gifts carry.

    It asks all that the form to give asks of a person: who had no answers, or never wanted news,
    would stand out in the list of people.
    """

    news = forms.BooleanField(
        label=_("Write to me about the next workshops, and what the gifts did"), required=False
    )
    field_order = ("name", "email")

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        # Ids of its own: it stands on a page with another form.
        kwargs["auto_id"] = "carried_%s"
        super().__init__(*args, **kwargs)
        self.workshop = workshop
        self.fields.update(question_fields(workshop, get_language() or "en"))

    def clean(self) -> dict[str, Any]:
        """Ask for what another answer makes needed."""
        cleaned = super().clean() or {}
        clean_questions(self, self.workshop, get_language() or "en")
        return cleaned

    def to_payer(self) -> Payer:
        """Return who asks. Only for a valid form."""
        data = self.cleaned_data
        return Payer(
            name=data["name"],
            email=data["email"].strip(),
            language=(get_language() or "en")[:2],
            time_zone=data["time_zone"],
            wants_news=data["news"],
            answers={k[9:]: v for k, v in data.items() if k.startswith("question_")},
        )


class SurplusForm(forms.Form):
    """Whether others' gifts carry seats, and what a seat takes."""

    surplus_seats = forms.BooleanField(
        label=_("What others give on top carries seats for people who cannot give"),
        required=False,
    )
    minimum = forms.CharField(
        label=_("What a seat takes"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("What is given above this amount for each paid seat carries further seats."),
    )

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = workshop.campaign.currency

    def clean(self) -> dict[str, Any]:
        """Ask for the amount where it is turned on."""
        cleaned = super().clean() or {}
        cleaned["least"] = None
        if cleaned.get("surplus_seats") and "minimum" not in self.errors:
            try:
                cleaned["least"] = typed_amount(cleaned.get("minimum") or "", self.currency)
            except forms.ValidationError as error:
                self.add_error("minimum", error)
        return cleaned
