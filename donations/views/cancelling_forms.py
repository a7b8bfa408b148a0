"""The forms with which an organizer cancels a workshop and gives money back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from donations.models import Donation
from donations.services import cancellations, organizer_refunds
from donations.states import Choice, SeatAfter
from events.models import Workshop
from events.services.seating.moving import Date
from events.states import Destination
from fundraiser.core import amounts, clock, zones
from fundraiser.core.money import InvalidAmountError, Money

#: The latest deadline: money waits no longer than that.
_LONGEST = timedelta(days=90)


class CancelForm(forms.Form):
    """What people read, what they may choose, and until when."""

    note = forms.CharField(
        label=_("What you write to them"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[ProhibitNullCharactersValidator()],
        help_text=_("Why it does not take place, and what comes next. It is in our e-mail."),
    )
    dates = forms.MultipleChoiceField(
        label=_("Other dates that you offer"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever takes one is moved there at once, as long as seats are left."),
    )
    default = forms.ChoiceField(
        label=_("Who does not answer"),
        choices=[
            (Choice.REFUND, _("gets the money back")),
            (Choice.KEEP, _("leaves it as a gift")),
        ],
        initial=Choice.REFUND,
        widget=forms.RadioSelect,
    )
    deadline = forms.DateField(
        label=_("They can choose until the end of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        workshop: Workshop,
        dates: Sequence[Date],
        labels: Sequence[str],
    ) -> None:
        zone = ZoneInfo(workshop.time_zone if zones.is_zone(workshop.time_zone) else "UTC")
        usual = (clock.now() + cancellations.USUAL_TIME).astimezone(zone).date()
        super().__init__(data, initial={"deadline": usual})
        self._zone, self._known = zone, {str(one.workshop.public_id): one for one in dates}
        field = self.fields["dates"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 -- declared above
        field.choices = list(zip(self._known, labels, strict=True))
        if not dates:
            del self.fields["dates"]
        if workshop.campaign.destination == Destination.EXTERNAL:
            del self.fields["default"]  # No money is here that could go back.

    def clean_deadline(self) -> datetime:
        """Return the end of the day in the workshop's zone (aware)."""
        day = self.cleaned_data["deadline"] + timedelta(days=1)
        moment = datetime.combine(day, time(0), self._zone)
        if not clock.now() < moment <= clock.now() + _LONGEST:
            raise forms.ValidationError(_("Choose a day within the next three months."))
        return moment

    def default_choice(self) -> Choice:
        """Return what holds for who does not answer. Only for a valid form."""
        return Choice(self.cleaned_data.get("default", Choice.KEEP))

    def offered(self) -> list[Workshop]:
        """Return the chosen dates. Only for a valid form."""
        return [self._known[one].workshop for one in self.cleaned_data.get("dates", [])]


class RefundForm(forms.Form):
    """How much goes back, why, and what becomes of the seat."""

    amount = forms.CharField(
        label=_("How much goes back"),
        max_length=64,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Write an amount.")},
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[ProhibitNullCharactersValidator()],
        help_text=_("They read it as you write it, in our e-mail."),
        error_messages={"required": _("Write a few words: they read them.")},
    )
    seat = forms.ChoiceField(
        label=_("The seat"),
        choices=[
            (SeatAfter.KEEP, _("They keep it")),
            (SeatAfter.FREE, _("It is free again, for somebody else")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of the seat.")},
    )
    nonce = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, donation: Donation, language: str
    ) -> None:
        self._donation, self._language = donation, language
        left = organizer_refunds.left_of(donation)
        super().__init__(
            data, initial={"amount": left.format(language, short=True), "nonce": uuid.uuid4()}
        )
        if not organizer_refunds.has_seat(donation):
            del self.fields["seat"]

    def clean_amount(self) -> Money:
        """Return what was typed, in either language's way."""
        try:
            amount = amounts.parse(
                self.cleaned_data["amount"], self._donation.currency, self._language
            )
        except InvalidAmountError as error:
            raise forms.ValidationError(_("Write an amount, for example 20.")) from error
        if amount.minor <= 0:
            raise forms.ValidationError(_("Write an amount, for example 20."))
        return amount

    def seat_after(self) -> SeatAfter:
        """Return what becomes of the seat. Only for a valid form."""
        return SeatAfter(self.cleaned_data.get("seat", SeatAfter.KEEP))
