"""The form on which people give and register, and the one to wait for a seat."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from donations import companions, minimums
from donations.services import fees
from donations.services.checkout import Gift
from events.models import Booking, Campaign, Workshop
from events.questions import clean_questions, question_fields
from events.services import origins
from events.services.seating.seats import Payer
from fundraiser.core import amounts, zones
from fundraiser.core.money import InvalidAmountError, Money

OTHER = "other"
MAXIMUM_SEATS = 6


class PersonForm(forms.Form):
    """Who it is, and the form's hidden number: what giving and waiting have in common."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name, or the one you go by.")},
    )
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        validators=companions.email_validators(),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Write your e-mail address: your confirmation goes there.")},
    )
    nonce = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    time_zone = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def carry_origin(self) -> None:
        """Keep by which link the visitor came, where the address or the form tells it."""
        for name in origins.FIELDS:
            if self.data.get(name) or self.initial.get(name):
                self.fields[name] = forms.CharField(widget=forms.HiddenInput, required=False)
                self.fields[name].validators = []  # origins.tidy makes of it what is kept

    def clean_nonce(self) -> uuid.UUID:
        """Return the visit's number; one that is no UUID gets a new one."""
        try:
            return uuid.UUID(self.cleaned_data.get("nonce") or "")
        except ValueError:
            return uuid.uuid4()

    def clean_time_zone(self) -> str:
        """Return a zone of the tz database, or nothing."""
        zone = self.cleaned_data.get("time_zone") or ""
        return zone if zones.is_zone(zone) else ""


def _seat_choices(most: int) -> list[tuple[int, Any]]:
    return [
        (n, ngettext("%(count)d seat", "%(count)d seats", n) % {"count": n})
        for n in range(1, most + 1)
    ]


class WaitForm(PersonForm):
    """To wait for a seat of a full workshop: who, and how many. Nothing is paid."""

    seats = forms.TypedChoiceField(label=_("Seats"), coerce=int, empty_value="1", required=False)
    field_order = ("name", "email", "seats")

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        # Ids of its own: it may stand on a page with another form.
        kwargs["auto_id"] = "wait_%s"
        super().__init__(*args, **kwargs)
        self.carry_origin()
        email = self.fields["email"]
        email.help_text = _("When it is your turn, we write there.")
        email.error_messages["required"] = _("Write your e-mail address: your offer goes there.")
        most = min(MAXIMUM_SEATS, workshop.capacity or MAXIMUM_SEATS)
        seats = self.fields["seats"]
        assert isinstance(seats, forms.TypedChoiceField)  # noqa: S101 -- declared above
        seats.choices = _seat_choices(most)
        seats.help_text = _("Several come free at once more rarely than one.")
        if most == 1:
            del self.fields["seats"]
        self.workshop = workshop
        if workshop.moderated:  # Whoever asks tells what the organizers decide by.
            email.help_text, seats.help_text = _("The answer goes there."), ""
            self.fields.update(question_fields(workshop, get_language() or "en"))

    def clean(self) -> dict[str, Any]:
        """Ask for what another answer makes needed."""
        cleaned = super().clean() or {}
        if self.workshop.moderated:
            clean_questions(self, self.workshop, get_language() or "en")
        return cleaned

    def to_payer(self) -> Payer:
        """Return who waits. Only for a valid form."""
        data = self.cleaned_data
        return Payer(
            name=data["name"],
            email=data["email"].strip(),
            language=(get_language() or "en")[:2],
            time_zone=data["time_zone"],
            seats=int(data.get("seats") or 1),
            answers={k[9:]: v for k, v in data.items() if k.startswith("question_")},
            origin=origins.read(self.workshop.campaign, self.data),
        )


class GiveForm(PersonForm):
    """Amount, persons and choices; with a workshop also seats and its questions.

    With ``booking``, an offer from the waiting list, the address and the number of seats stand.
    """

    amount = forms.CharField(label=_("Your gift"), required=False, max_length=20)
    other_amount = forms.CharField(label=_("Your own amount"), required=False, max_length=40)
    cover_fee = forms.BooleanField(label=_("I also cover the payment fee"), required=False)
    seats = forms.TypedChoiceField(
        label=_("Seats"),
        coerce=int,
        empty_value="1",
        required=False,
        error_messages={"invalid_choice": _("There are not so many seats left: choose fewer.")},
    )
    message = forms.CharField(
        label=_("A message for everybody to read"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    hide_name = forms.BooleanField(label=_("Hide my name"), required=False)
    hide_amount = forms.BooleanField(label=_("Hide my amount"), required=False)
    news = forms.BooleanField(
        label=_("Write to me about the next workshops, and what the gifts did"), required=False
    )
    field_order = ("amount", "other_amount", "cover_fee", "seats", "name", "email")

    def __init__(
        self,
        *args: Any,
        campaign: Campaign,
        workshop: Workshop | None,
        booking: Booking | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.workshop = workshop
        self.booking = booking
        self.carry_origin()
        #: The further persons' fields, for the template.
        self.companions: list[companions.CompanionFields] = []
        self.currency = campaign.currency
        source = workshop or campaign
        self.suggested = [(str(n), Money(n, self.currency)) for n in source.suggested_minor]
        #: The middle one is said to be suggested, and never taken silently.
        self.suggested_value = self.suggested[len(self.suggested) // 2][0] if self.suggested else ""
        self.zero_allowed = workshop is not None and workshop.zero_allowed
        stripes = minimums.minimum(self.currency)
        self.minimum = max(stripes, self._money(source.minimum_minor) or stripes)
        #: The organizer’s own limit, which is said beside the field; Stripe’s is no news to people.
        self.told_maximum = self._money(source.maximum_minor)
        stripes = minimums.maximum(self.currency)
        self.maximum = min(stripes, self.told_maximum or stripes)
        self._prepare_fields()

    def _money(self, minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, self.currency)

    def _prepare_fields(self) -> None:
        self.fields["other_amount"].widget.attrs.update(inputmode="decimal", autocomplete="off")
        self.fields["email"].help_text = (
            _("The link to your seat arrives there.") if self.workshop else ""
        )
        if self.campaign.fees_paid_by_organizer:
            del self.fields["cover_fee"]
        if self.workshop is None:
            del self.fields["seats"]
            return
        self._prepare_seats(self.workshop)
        self.fields.update(question_fields(self.workshop, get_language() or "en"))

    def _prepare_seats(self, workshop: Workshop) -> None:
        if self.booking is not None:
            del self.fields["seats"], self.fields["email"]
            self.companions = companions.add(self, most=self.booking.seats)
            return
        left = workshop.seats_left
        # When none is left, holding says so: it has a page of its own.
        most = min(MAXIMUM_SEATS, left or MAXIMUM_SEATS)
        seats = self.fields["seats"]
        assert isinstance(seats, forms.TypedChoiceField)  # noqa: S101 -- declared above
        seats.choices = _seat_choices(most)
        seats.help_text = _("One gift for all of them.") if most > 1 else ""
        if most == 1 and self.data.get(self.add_prefix("seats")) in {None, "", "1"}:
            del self.fields["seats"]
        self.companions = companions.add(self, most=most)

    def wanted_seats(self) -> int:
        """Return how many seats are asked for, as far as the form says it."""
        if self.booking is not None:
            return self.booking.seats
        text = str(self.data.get(self.add_prefix("seats")) or "1")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 1

    def clean(self) -> dict[str, Any]:
        """Work out the gift; every problem is told at the field where it can be mended."""
        cleaned = super().clean() or {}
        if self.workshop is not None:
            clean_questions(self, self.workshop, get_language() or "en")
        picked = cleaned.get("amount") or ""
        if picked in {value for value, _money in self.suggested}:
            cleaned["gift"] = Money(int(picked), self.currency)
        elif picked in {OTHER, ""}:
            cleaned["gift"] = self._typed(cleaned.get("other_amount") or "")
        else:
            self.add_error("amount", _("Choose one of the amounts, or “Other”."))
        gift = cleaned.get("gift")
        if gift is not None:
            self._check_limits(gift, "other_amount" if picked in {OTHER, ""} else "amount")
        return cleaned

    def _typed(self, text: str) -> Money | None:
        if not text.strip():
            field = (
                "other_amount" if self.data.get(self.add_prefix("amount")) == OTHER else "amount"
            )
            self.add_error(field, _("Choose an amount, or write one."))
            return None
        try:
            return amounts.parse(text, self.currency, get_language() or "en")
        except InvalidAmountError:
            example = self.minimum.format(get_language() or "en")
            self.add_error(
                "other_amount",
                _("Write the amount as a number, for example %(example)s.") % {"example": example},
            )
            return None

    def _check_limits(self, gift: Money, field: str) -> None:
        language = get_language() or "en"
        if gift < self.minimum and not (self.zero_allowed and not gift):
            least = self.minimum.format(language, short=True)
            self.add_error(field, _("The least you can give here is %(least)s.") % {"least": least})
        elif gift > self.maximum:
            most = self.maximum.format(language, short=True)
            self.add_error(field, _("The most you can give here is %(most)s.") % {"most": most})

    def to_gift(self, client_hash: str) -> Gift:
        """Return what checkout needs. Only for a valid form."""
        data = self.cleaned_data
        gift: Money = data["gift"]
        cover = Money(0, self.currency)
        if data.get("cover_fee") and gift:
            cover = fees.estimate(self.currency).cover(gift)
        booking = self.booking
        origin = origins.read(self.campaign, self.data)
        if booking is not None and not origin:  # who waited came by a link then
            origin = origins.Origin(booking.referral, booking.invitation, booking.utm)
        payer = Payer(
            name=data["name"],
            email=booking.email if booking else data["email"].strip(),
            language=(get_language() or "en")[:2],
            time_zone=data["time_zone"],
            wants_news=data["news"],
            seats=booking.seats if booking else int(data.get("seats") or 1),
            answers={k[9:]: v for k, v in data.items() if k.startswith("question_")},
            companions=companions.typed(self),
            origin=origins.Origin() if gift else origin,
        )
        return Gift(
            amount=gift + cover,
            cover=cover,
            payer=payer,
            visit=data["nonce"],
            message=data["message"],
            hide_name=data["hide_name"],
            hide_amount=data["hide_amount"],
            client_hash=client_hash,
            origin=origin,
        )
