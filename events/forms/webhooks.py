"""The forms of webhooks: an address and what it is told, and what is to be sent again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from events.services.webhooks import addresses
from events.services.webhooks.kinds import KINDS, TEST

KIND_WORDS: Final[dict[str, Any]] = {
    "donation.succeeded": _("A gift was paid"),
    "donation.refunded": _("Money of a gift went back"),
    "donation.disputed": _("A bank disputes a gift"),
    "registration.confirmed": _("Somebody has a seat"),
    "registration.cancelled": _("A seat was given back or taken away"),
    "workshop.published": _("A workshop was published"),
    "workshop.changed": _("A published workshop was moved or edited"),
    "workshop.cancelled": _("A workshop was cancelled"),
    "campaign.published": _("A campaign was published"),
    "campaign.closed": _("A campaign was closed"),
    "remittance.sent": _("A transfer to the charity was recorded"),
    "remittance.acknowledged": _("The charity says that a transfer arrived"),
    TEST: _("Test"),
}
_REFUSED: Final[dict[str, Any]] = {
    "form": _("Write the whole address, such as https://example.org/hooks."),
    "https": _("The address must start with https://."),
    "private": _("This address is not reachable from the internet."),
}


class EndpointForm(forms.Form):
    """Where a program listens, and what it is told."""

    url = forms.CharField(
        label=_("Address of your program"),
        max_length=addresses.LONGEST,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("It starts with https:// and is reachable from the internet."),
        error_messages={"required": _("Write the address of your program.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("It is told when"),
        choices=[(one, KIND_WORDS[one]) for one in KINDS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that it is told.")},
    )

    def clean_url(self) -> str:
        """Refuse what may not be asked, or is no address."""
        url: str = self.cleaned_data["url"]
        try:
            addresses.split(url)
        except addresses.AddressRefusedError as error:
            raise forms.ValidationError(_REFUSED[error.why]) from error
        return url


class AgainForm(forms.Form):
    """How far back what failed is sent again."""

    hours = forms.TypedChoiceField(
        label=_("What failed in"),
        coerce=int,
        choices=[
            (1, _("the last hour")),
            (24, _("the last 24 hours")),
            (24 * 7, _("the last 7 days")),
            (24 * 30, _("the last 30 days")),
        ],
        initial=24,
    )

    @property
    def age(self) -> timedelta:
        """The chosen time; a day where nothing valid was chosen."""
        return timedelta(hours=self.cleaned_data["hours"] if self.is_valid() else 24)
