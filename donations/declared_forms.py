"""The forms of gifts that are given elsewhere: shown by receipt, or entered by hand."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations.forms import GiveForm, PersonForm
from donations.services.declaring import receipt_files
from donations.services.declaring.claims import Shown
from donations.services.declaring.offline import Entry
from donations.services.remitting import overdue
from donations.states import OfflineKind
from events.models import Campaign
from events.services.seating.seats import Payer
from fundraiser.core import amounts
from fundraiser.core.money import InvalidAmountError, Money

_MESSAGE = _("Write an address that begins with https://.")
_is_https = URLValidator(schemes=["https"], message=_MESSAGE)


def typed_amount(text: str, currency: str) -> Money:
    """Return an amount above zero in either language's way; ValidationError otherwise."""
    language = get_language() or "en"
    if not text.strip():
        raise forms.ValidationError(_("Write the amount."))
    try:
        money = amounts.parse(text, currency, language)
    except InvalidAmountError:
        example = amounts.parse("50", currency, "en")
        said = _("Write the amount as a number, for example %(example)s.")
        raise forms.ValidationError(said % {"example": example.format(language)}) from None
    if not money:
        raise forms.ValidationError(_("Write an amount above zero."))
    return money


class ClaimForm(GiveForm):
    """What somebody gave on the charity's own page: amount, proof, and for whom the seats are."""

    reference = forms.CharField(
        label=_("Reference of your gift"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The charity’s page, or its e-mail, tells it: a number, or a code."),
    )
    receipt = forms.FileField(
        label=_("Picture or PDF of the receipt"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.webp,.pdf"}),
        help_text=_("JPEG, PNG, WebP or PDF, up to 8 MB. Only the organizers see it."),
        error_messages={"empty": _("The file is empty.")},
    )
    field_order = ("other_amount", "reference", "receipt", "seats", "name", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("amount", "cover_fee", "news"):
            self.fields.pop(name, None)
        self.zero_allowed = False
        source = self.workshop or self.campaign
        self.minimum = Money(source.minimum_minor or 1, self.currency)
        amount = self.fields["other_amount"]
        amount.label, amount.required = _("What you gave"), True
        amount.error_messages["required"] = _("Write the amount.")

    def clean_receipt(self) -> receipt_files.Receipt | None:
        """Return the file as it may be kept, believed by its content alone."""
        file: Any = self.cleaned_data.get("receipt")
        if file is None:
            return None
        if (file.size or 0) > receipt_files.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 8 MB."))
        try:
            return receipt_files.read(file.read())
        except receipt_files.NotAReceiptError:
            raise forms.ValidationError(
                _("That file could not be read. Take a JPEG, PNG or WebP picture, or a plain PDF.")
            ) from None

    def clean(self) -> dict[str, Any]:
        """Ask for a proof; every problem is told at the field where it can be mended."""
        cleaned: dict[str, Any] = PersonForm.clean(self) or {}
        if text := cleaned.get("other_amount"):
            try:
                cleaned["gift"] = typed_amount(text, self.currency)
            except forms.ValidationError as error:
                self.add_error("other_amount", error)
            else:
                self._check_limits(cleaned["gift"], "other_amount")
        proof = cleaned.get("reference") or cleaned.get("receipt") or "receipt" in self.errors
        if not proof:
            self.add_error("reference", _("Write the reference, or add the receipt."))
        if self.errors and cleaned.get("receipt"):
            # A browser never fills a file in again.
            self.add_error("receipt", _("The receipt was fine. Please choose it once more."))
        return cleaned

    def to_shown(self) -> Shown:
        """Return what the giver tells. Only for a valid form."""
        data = self.cleaned_data
        gift = self._told_gift()
        return Shown(
            amount=data["gift"],
            payer=gift,
            visit=data["nonce"],
            reference=" ".join(data["reference"].split()),
            receipt=data.get("receipt"),
            message=data["message"],
            hide_name=data["hide_name"],
            hide_amount=data["hide_amount"],
        )

    def _told_gift(self) -> Payer:
        self.cleaned_data.setdefault("news", False)
        return self.to_gift("").payer


class ReasonForm(forms.Form):
    """Why an organizer declines or undoes something; whoever it is about reads it."""

    reason = forms.CharField(
        label=_("What you write to them"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("They read it as you write it, in our e-mail."),
        error_messages={"required": _("Write a sentence or two, so that they know what to do.")},
    )


class CorrectionForm(forms.Form):
    """Why an organizer takes an entry back; the team alone reads it."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only your team reads this."),
        error_messages={"required": _("Write what was wrong.")},
    )


class ExternalForm(forms.Form):
    """Where the charity takes gifts, and how long a seat waits for an answer."""

    external_url = forms.CharField(
        label=_("The charity’s own giving page"),
        max_length=500,
        required=False,
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        validators=[_is_https],
        help_text=_("Visitors are sent there first. It begins with https://."),
    )
    claim_days = forms.IntegerField(
        label=_("Days that a seat waits for your answer"),
        min_value=1,
        max_value=60,
        help_text=_("After that it is released. It never waits past the start."),
    )

    def __init__(self, *args: Any, is_owner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_owner:  # what is sent for it is then ignored
            self.fields["external_url"].disabled = True
            self.fields["external_url"].help_text = _("Only an owner of the team changes it.")


class OfflineForm(forms.Form):
    """One gift that an organizer enters by hand."""

    kind = forms.ChoiceField(
        label=_("How it came"),
        choices=[
            (OfflineKind.CASH, _("Cash")),
            (OfflineKind.CHEQUE, _("Cheque")),
            (OfflineKind.TRANSFER, _("Bank transfer")),
            (OfflineKind.MATCHING, _("Matching gift")),
        ],
    )
    amount = forms.CharField(
        label=_("Amount"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Write the amount.")},
    )
    received_on = forms.DateField(
        label=_("Received on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day."), "invalid": _("Choose the day.")},
    )
    pledged = forms.BooleanField(
        label=_("It is only promised so far"),
        required=False,
        help_text=_("For a matching gift. It counts once you mark it as received."),
    )
    name = forms.CharField(label=_("Who gave"), max_length=120, required=False)
    hide_name = forms.BooleanField(label=_("Hide the name"), required=False)
    note = forms.CharField(
        label=_("Note for your team"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    nonce = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = campaign.currency
        self._today = overdue.today(campaign)
        self.fields["amount"].help_text = self.currency

    def clean_amount(self) -> Money:
        """Return what was typed, in either language's way."""
        return typed_amount(self.cleaned_data["amount"], self.currency)

    def clean_received_on(self) -> Any:
        """Refuse days that are still to come, or long gone."""
        day = self.cleaned_data["received_on"]
        if day > self._today:
            raise forms.ValidationError(_("That day is still to come."))
        if day.year < 2000:
            raise forms.ValidationError(_("That day is too long ago."))
        return day

    def clean_nonce(self) -> uuid.UUID:
        """Return the form's hidden number; one that is no UUID gets a new one."""
        try:
            return uuid.UUID(self.cleaned_data.get("nonce") or "")
        except ValueError:
            return uuid.uuid4()

    def clean(self) -> dict[str, Any]:
        """Only a matching gift is promised first; it names who matches."""
        cleaned = super().clean() or {}
        matching = cleaned.get("kind") == OfflineKind.MATCHING
        if cleaned.get("pledged") and not matching:
            self.add_error("pledged", _("Only a matching gift can be promised first."))
        if matching and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", _("Write who matches the gifts."))
        return cleaned

    def entry(self) -> Entry:
        """Return what was entered. Only for a valid form."""
        data = self.cleaned_data
        return Entry(
            kind=OfflineKind(data["kind"]),
            amount=data["amount"],
            received_on=data["received_on"],
            pledged=data["pledged"],
            name=data["name"],
            hide_name=data["hide_name"],
            note=data["note"],
            visit=data["nonce"],
        )
