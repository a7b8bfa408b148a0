"""The forms of transfers to the charity, and of the charity's answer."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core import signing
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from donations.models import Acknowledgement, Remittance
from donations.services.remitting import overdue, receipt_files
from donations.services.remitting.acknowledging import Answer
from donations.services.remitting.receipt_files import ReceiptFile
from donations.services.remitting.remittances import Transfer
from donations.services.remitting.transfers import METHODS
from donations.views.own_forms import email_field
from events.models import Campaign
from fundraiser.core import amounts
from fundraiser.core.money import InvalidAmountError, Money

_PLAIN: Final = [ProhibitNullCharactersValidator()]
_KEPT: Final = "kept receipt"


def _date_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label,
        widget=widget,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={
            "required": gettext_lazy("Choose the day."),
            "invalid": gettext_lazy("Write the day as year-month-day, for example 2027-03-20."),
        },
        **options,
    )


def _amount_field(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the amount.")},
        **options,
    )


def _text_field(label: Any, length: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, validators=_PLAIN, **options)


def _money(text: str, currency: str) -> Money:
    """Return a typed amount; forms.ValidationError where it is none."""
    try:
        return amounts.parse(text, currency, get_language() or "en")
    except InvalidAmountError as error:
        told = _("Write the amount as a number, for example %(example)s.")
        example = Money(123_400, currency).format(get_language() or "en")
        raise forms.ValidationError(told % {"example": example}) from error


def _written(money: Money) -> str:
    """Return an amount as a person types it in the active language."""
    return str(money.major).replace(".", "," if get_language() == "fr" else ".")


class ReceiptField(forms.FileField):
    """A receipt, read by its content: ``clean`` returns a ReceiptFile, or None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("The receipt"),
            required=False,
            help_text=gettext_lazy(
                "PDF, JPEG, PNG or WebP, at most 8 MB. What a camera wrote into a picture, such as "
                "the place, is taken out."
            ),
            widget=forms.FileInput(
                attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}
            ),
            error_messages={"empty": gettext_lazy("The file is empty.")},
            **options,
        )

    def clean(self, data: Any, initial: Any = None) -> ReceiptFile | None:
        """Return the file as it may be kept."""
        file = super().clean(data, initial)
        if not file:
            return None
        told = {
            "too_large": _("The file is too large: 8 MB is the most."),
            "unknown": _("This is no PDF, JPEG, PNG or WebP."),
            "broken": _("The file cannot be read: it may be incomplete."),
        }
        try:
            return receipt_files.cleaned(file.read(receipt_files.LONGEST_FILE + 1))
        except receipt_files.NoReceiptError as error:
            raise forms.ValidationError(told[error.why]) from error


def _public_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=gettext_lazy("Show the receipt on the campaign’s page"),
        required=False,
        help_text=gettext_lazy(
            "Tick this once you have looked: no account number, address or signature, and nothing "
            "else that is private, can be read on it."
        ),
    )


class RemittanceForm(forms.Form):
    """A transfer that was made. ``kept`` holds a receipt while another field is put right."""

    amount = _amount_field(gettext_lazy("Amount"))
    more_is_meant = forms.BooleanField(
        label=gettext_lazy("Yes, it was more than what is still to send"), required=False
    )
    sent_on = _date_field(gettext_lazy("Date sent"))
    method = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[(one.value, label) for one, label in METHODS.items()]
    )
    reference = _text_field(
        gettext_lazy("Reference"),
        140,
        required=False,
        help_text=gettext_lazy("The number of the transfer. Only the charity is shown it."),
    )
    note = _text_field(
        gettext_lazy("A note"),
        500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Shown on the campaign’s page."),
    )
    receipt = ReceiptField()
    receipt_is_public = _public_field()
    nonce = forms.UUIDField(widget=forms.HiddenInput)
    kept = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, campaign: Campaign, outstanding: Money, **options: Any) -> None:
        day = overdue.today(campaign)
        initial = {"nonce": uuid.uuid4(), "sent_on": day, "method": "bank"}
        if outstanding.minor > 0:
            initial["amount"] = _written(outstanding)
        options["initial"] = initial
        super().__init__(*args, **options)
        self.campaign, self.today, self.outstanding = campaign, day, outstanding
        self.fields["amount"].help_text = campaign.currency
        self.kept_name = ""

    def clean_amount(self) -> Money:
        """Return the Money."""
        amount = _money(self.cleaned_data["amount"], self.campaign.currency)
        if amount.minor <= 0:
            raise forms.ValidationError(_("Write an amount above zero."))
        return amount

    def clean_sent_on(self) -> date:
        """Refuse a day to come: what is recorded has been sent."""
        return _past(self.cleaned_data["sent_on"], self.today)

    def clean_kept(self) -> str:
        """Return the name of a receipt that was handed in before; forged ones are nothing."""
        try:
            return str(signing.loads(self.cleaned_data["kept"], salt=_KEPT, max_age=86_400))
        except signing.BadSignature:
            return ""

    def keep_receipt(self) -> str:
        """Store what was handed in, so that nothing is lost; return its name, or nothing."""
        file = self.cleaned_data.get("receipt")
        if file is not None and not self.kept_name:
            self.kept_name = receipt_files.keep(file)
        return self.kept_name or str(self.cleaned_data.get("kept") or "")

    def carry_receipt(self) -> None:
        """Let the form that is shown again know the receipt."""
        name = self.keep_receipt()
        kept = signing.dumps(name, salt=_KEPT) if name else ""
        self.data = {**{key: self.data[key] for key in self.data}, "kept": kept}
        if name:
            self["receipt"].help_text = _("We have your file. Choose one only to replace it.")

    def transfer(self) -> Transfer:
        """Return what was typed. Only for a valid form."""
        data = self.cleaned_data
        return Transfer(
            amount=data["amount"],
            sent_on=data["sent_on"],
            method=data["method"],
            reference=data["reference"],
            note=data["note"],
            receipt=self.keep_receipt(),
            receipt_is_public=data["receipt_is_public"],
            more_is_meant=data["more_is_meant"],
            nonce=data["nonce"],
        )


def _past(day: date, today: date) -> date:
    if day > today:
        raise forms.ValidationError(_("This day has not come yet."))
    if day.year < 2000:
        raise forms.ValidationError(_("This day is too long ago."))
    return day


class ReceiptForm(forms.Form):
    """Another receipt, or who may see it."""

    receipt = ReceiptField()
    receipt_is_public = _public_field()


class UndoForm(forms.Form):
    """Why a transfer does not count."""

    reason = _text_field(
        gettext_lazy("What happened?"),
        500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Shown on the campaign’s page."),
        error_messages={"required": gettext_lazy("Write a sentence: everybody sees it.")},
    )


class AskForm(forms.Form):
    """Who at the charity is asked."""

    email = email_field(
        autocomplete="off",
        error_messages={"required": gettext_lazy("Write the address of somebody at the charity.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the e-mail"), choices=settings.LANGUAGES
    )


class AcknowledgeForm(forms.Form):
    """What an officer of the charity says of a transfer."""

    received = _amount_field(gettext_lazy("Amount received"))
    received_on = _date_field(gettext_lazy("Received on"))
    name = _text_field(
        gettext_lazy("Your name"),
        120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Write your name.")},
    )
    role = _text_field(
        gettext_lazy("Your role"),
        120,
        help_text=gettext_lazy("For example: treasurer. It is shown on the campaign’s page."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": gettext_lazy("Write what you do at the charity.")},
    )
    shows_name = forms.BooleanField(
        label=gettext_lazy("Show my name on the campaign’s page, too"), required=False
    )

    def __init__(self, *args: Any, asked: Acknowledgement, **options: Any) -> None:
        remittance: Remittance = asked.remittance
        day = overdue.today(remittance.campaign)
        initial = {"received": _written(remittance.amount), "received_on": day}
        options["initial"] = initial
        super().__init__(*args, **options)
        self.remittance = remittance
        self.fields["received"].help_text = _(
            "In %(currency)s. If another amount arrived, write that one: the difference is shown."
        ) % {"currency": remittance.currency}

    def clean_received(self) -> Money:
        """Return the Money."""
        return _money(self.cleaned_data["received"], self.remittance.currency)

    def clean_received_on(self) -> date:
        """Refuse a day to come."""
        return _past(self.cleaned_data["received_on"], overdue.today(self.remittance.campaign))

    def answer(self) -> Answer:
        """Return what was typed. Only for a valid form."""
        data = self.cleaned_data
        return Answer(
            received=data["received"],
            received_on=data["received_on"],
            name=data["name"],
            role=data["role"],
            shows_name=data["shows_name"],
        )
