"""The fields of a workshop's form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from events.forms.amount_fields import AmountField, AmountsField
from events.forms.local_times import FoldField, LocalTimeField


def text_field(label: Any, *, length: int, rows: int = 0, **kwargs: Any) -> forms.CharField:
    """Return a field for a text; with ``rows`` it has several lines."""
    if rows:
        kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label,
        max_length=length,
        validators=[ProhibitNullCharactersValidator()],
        **{"required": False, **kwargs},
    )


class WorkshopFields(forms.Form):
    """Everything of a workshop that its organizers write; the room and the mails have pages."""

    title = text_field(
        _("Title"),
        length=160,
        required=True,
        error_messages={"required": _("Write what the workshop is called.")},
    )
    summary = text_field(
        _("In one or two sentences"),
        length=300,
        rows=2,
        help_text=_("Stands in lists, and where the page is shared."),
    )
    description = text_field(
        _("Description"),
        length=20_000,
        rows=8,
        help_text=_(
            "What people learn, for whom it is, what to bring. An empty line begins a new "
            "paragraph, **two stars** make bold, a line that begins with - makes a list."
        ),
    )
    speakers = text_field(
        _("Who speaks"),
        length=2000,
        rows=2,
        help_text=_("One name a line, shown to everybody."),
    )
    starts = LocalTimeField(
        label=_("Date and time"),
        help_text=_("As clocks show it in the zone below."),
        error_messages={"required": _("Write when it starts.")},
    )
    fold = FoldField()
    time_zone = forms.ChoiceField(label=_("Time zone of the workshop"))
    duration_minutes = forms.IntegerField(
        label=_("Duration in minutes"), min_value=1, max_value=14 * 24 * 60
    )
    capacity = forms.IntegerField(
        label=_("Seats"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Leave it empty where there is room for everybody."),
    )
    waiting_list = forms.BooleanField(
        label=_("Who finds it full can join a waiting list"), required=False
    )
    offer_minutes = forms.IntegerField(
        label=_("A freed seat is kept for who waits: minutes"),
        min_value=30,
        max_value=14 * 24 * 60,
    )
    moderated = forms.BooleanField(
        label=_("People ask first, and you decide who comes"),
        required=False,
        help_text=_(
            "They answer your questions and pay nothing. Your yes keeps a seat for them, as an "
            "offer from the waiting list does."
        ),
    )
    registration_opens = LocalTimeField(label=_("Registration opens"), required=False, help_text="")
    registration_closes = LocalTimeField(
        label=_("Registration closes"),
        required=False,
        help_text=_("Empty: when the workshop ends."),
    )
    suggested = AmountsField(label=_("Suggested amounts"))
    minimum = AmountField(label=_("Least amount"))
    maximum = AmountField(label=_("Most"))
    zero_allowed = forms.BooleanField(
        label=_("Nobody has to give anything"),
        required=False,
        help_text=_("Whoever gives nothing confirms their address by e-mail."),
    )
    benefit = AmountField(
        label=_("What a seat is worth"),
        help_text=_("Only where receipts have to tell it in your country."),
    )
    captions = forms.MultipleChoiceField(
        label=_("Live captions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    accessibility = text_field(
        _("Access for everybody"),
        length=2000,
        rows=3,
        help_text=_("For example sign language, breaks, slides beforehand. Stands on the page."),
    )
    asks_access_needs = forms.BooleanField(
        label=_("Ask each person what they need to take part"),
        required=False,
        help_text=_("Answers are for your team alone."),
    )
    series = forms.ChoiceField(label=_("Series"), required=False)
