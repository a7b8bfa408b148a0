"""The forms of a campaign's Stripe accounts: connecting one, and choosing where the money lands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.services.connecting import countries, places
from donations.states import Holder
from donations.views.language import language
from events.models import Campaign


class ConnectForm(forms.Form):
    """Whose account, and in which country."""

    holder = forms.ChoiceField(choices=Holder.choices, widget=forms.HiddenInput)
    country = forms.ChoiceField(
        label=gettext_lazy("Country of the account"),
        help_text=gettext_lazy(
            "Where the charity, or whoever owns the account, is registered. It cannot be changed "
            "afterwards."
        ),
        error_messages={
            "required": gettext_lazy("Choose the country."),
            "invalid_choice": gettext_lazy("Choose a country from the list."),
        },
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        campaign: Campaign,
        holder: Holder = Holder.CHARITY,
    ) -> None:
        if data and data.get("holder") in Holder.values:
            holder = Holder(data["holder"])
        known = campaign.charity_country if holder == Holder.CHARITY else ""
        initial = {"holder": holder, "country": known}
        super().__init__(data, initial=initial, auto_id=f"id_{holder}_%s")
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)  # noqa: S101 -- declared above
        country.choices = [("", _("Choose…")), *countries.named(language())]


class PlaceForm(forms.Form):
    """Where the money lands: one of the team's accounts, the site's own, or elsewhere."""

    place = forms.ChoiceField(
        label=gettext_lazy("Gifts go to"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose where the gifts go."),
            "invalid_choice": gettext_lazy("Choose one of these."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, campaign: Campaign) -> None:
        super().__init__(data, initial={"place": places.current(campaign)})
        self._places = {one.key: one for one in places.choices(campaign)}
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [(key, _named(one, campaign)) for key, one in self._places.items()]

    def chosen(self) -> places.Place:
        """Return what was chosen. Only for a valid form."""
        return self._places[self.cleaned_data["place"]]


def _named(place: places.Place, campaign: Campaign) -> str:
    charity = {"charity": campaign.charity_name}
    if place.key == places.EXTERNAL:
        return _("%(charity)s’s own page: people give there, and you confirm it here") % charity
    if place.account is None:
        return _("The site’s own Stripe account, to be sent on to %(charity)s by you") % charity
    if place.account.holder == Holder.CHARITY:
        return _("The Stripe account of %(charity)s itself") % charity
    told = {"name": place.account.name, **charity}
    return _("The Stripe account of %(name)s, to be sent on to %(charity)s by you") % told
