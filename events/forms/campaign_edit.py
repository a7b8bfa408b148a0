"""The forms that edit a campaign: its texts in every language, its looks, dates and money."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms.amount_fields import typed_amount
from events.forms.campaign_fields import (
    OWN,
    PlaceForm,
    country_choices,
    day_field,
    end_of_day,
    language,
    limit_field,
)
from events.models import Campaign
from events.services import campaigns
from events.states import Destination
from fundraiser.core.money import Money

MOST_AMOUNTS: Final = 4
#: What a campaign's money depends on; gone from the form once it is fixed.
_PLACE: Final = (
    "charity",
    "charity_name",
    "charity_site",
    "charity_country",
    "charity_registration",
    "destination",
)
_COLOUR: Final = re.compile(r"\A#[0-9a-f]{6}\Z")


def languages() -> list[tuple[str, str]]:
    """Return the site's languages by their names in the active one."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class EditForm(PlaceForm):
    """Everything of a campaign but its picture and its address."""

    language = forms.ChoiceField(
        label=gettext_lazy("First language"),
        help_text=gettext_lazy("What is missing in another language is shown in this one."),
    )
    organizer_name = forms.CharField(
        label=gettext_lazy("Organized by"),
        max_length=120,
        error_messages={"required": gettext_lazy("Say who organizes it.")},
    )
    goal = forms.CharField(
        label=gettext_lazy("Goal"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    suggested = forms.CharField(
        label=gettext_lazy("Suggested amounts"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line, four at most. People may always give another one."),
    )
    minimum = limit_field(
        gettext_lazy("The least of a gift"),
        gettext_lazy("For gifts without a workshop. Empty: the least that a card can pay."),
    )
    maximum = limit_field(
        gettext_lazy("The most of a gift"),
        gettext_lazy("For gifts without a workshop. Empty: no limit of yours."),
    )
    closes_on = day_field(
        gettext_lazy("Last day to give"), gettext_lazy("Empty: it stays open until you close it.")
    )
    send_by = day_field(
        gettext_lazy("Money sent on by"),
        gettext_lazy("Everybody sees this day where your team collects the money."),
    )
    accent = forms.CharField(
        label=gettext_lazy("Colour"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy("A light one is made darker, so that white text can be read on it."),
        error_messages={"required": gettext_lazy("Choose a colour.")},
    )
    fees_paid_by_organizer = forms.BooleanField(
        label=gettext_lazy("We pay the payment fees ourselves"),
        required=False,
        help_text=gettext_lazy(
            "A promise that everybody sees: all that is given reaches the charity."
        ),
    )
    receipt_tax_country = forms.ChoiceField(
        label=gettext_lazy("Country of that tax wording"), required=False
    )

    def __init__(
        self,
        *args: Any,
        campaign: Campaign,
        charged: Callable[[str], tuple[Money, Money]],
        place_fixed: bool,
        currency_fixed: bool,
        is_owner: bool = True,
        **kwargs: Any,
    ) -> None:
        """``charged`` tells the least and the most that can be charged in a currency."""
        super().__init__(*args, **kwargs)
        self.campaign, self._charged, self.place_fixed = campaign, charged, place_fixed
        gone = {*_PLACE, "currency"} if place_fixed else {"currency"} if currency_fixed else set()
        for name in gone if is_owner else {*gone, "destination"}:
            del self.fields[name]
        self.without_external(campaign.test_mode)
        self._choose("language", languages())
        self._choose("receipt_tax_country", country_choices())
        self._add_texts()
        self.initial = {**_initial(campaign), **self.initial}

    def _add_texts(self) -> None:
        """Add title, story and tax wording in every language of the site."""
        for code, name in languages():
            values = {"language": name}
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title (%(language)s)") % values,
                max_length=160,
                required=False,
                widget=forms.TextInput(attrs={"lang": code}),
            )
            self.fields[f"story_{code}"] = forms.CharField(
                label=_("Story (%(language)s)") % values,
                max_length=20_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 12, "lang": code}),
            )
            self.fields[f"tax_{code}"] = forms.CharField(
                label=_("Tax wording on receipts (%(language)s)") % values,
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
            )

    @property
    def currency_code(self) -> str:
        """The currency in which amounts were typed."""
        return str(self.cleaned_data.get("currency") or self.campaign.currency)

    def clean_accent(self) -> str:
        """Return the colour as rrggbb."""
        colour = str(self.cleaned_data["accent"]).lower()
        if not _COLOUR.match(colour):
            raise forms.ValidationError(_("Choose a colour, or write one such as #0a63c2."))
        return colour[1:]

    def clean(self) -> dict[str, Any]:
        """Read amounts in their currency; ask for the title in the first language."""
        cleaned = super().clean()
        first = cleaned.get("language") or self.campaign.language
        if not cleaned.get(f"title_{first}") and f"title_{first}" not in self.errors:
            self.add_error(f"title_{first}", _("Give the campaign a title in its first language."))
        goal = cleaned.get("goal")
        found = self.amount("goal", goal, self.currency_code) if goal else None
        cleaned["goal_minor"] = found.minor if found else None
        self._clean_amounts(cleaned)
        self.check_day("closes_on", self.campaign.team, self._closed_on)
        self.check_day("send_by", self.campaign.team, self.campaign.send_by)
        return cleaned

    def _clean_amounts(self, cleaned: dict[str, Any]) -> None:
        """Read the limits and what is suggested; what is given elsewhere has no limits of cards."""
        currency = self.currency_code
        place = cleaned.get("destination") or self.campaign.destination
        charged = self._charged(currency)
        limits = self.limits(currency, None if place == Destination.EXTERNAL else charged)
        cleaned["minimum_minor"], cleaned["maximum_minor"] = (
            one.minor if one else None for one in limits
        )
        cleaned["suggested_minor"] = self.amounts_of_lines(
            "suggested", currency, charged[0], MOST_AMOUNTS
        )
        low, high = cleaned["minimum_minor"] or 0, cleaned["maximum_minor"]
        found = cleaned["suggested_minor"]
        if any(one < low or (high is not None and one > high) for one in found):
            words = _("Each suggested amount lies between the least and the most of a gift.")
            self.add_error("suggested", words)

    @property
    def _closed_on(self) -> date | None:
        return _day_of(self.campaign)

    def closes_at(self) -> datetime | None:
        """Return when it closes; the very moment that was set before, if the day is the same."""
        day: date | None = self.cleaned_data["closes_on"]
        if day is None or day == self._closed_on:
            return self.campaign.closes_at if day else None
        return end_of_day(day, self.campaign.team.time_zone)

    def text(self, name: str, code: str) -> str:
        """Return a text in one language, as typed."""
        return str(self.cleaned_data[f"{name}_{code}"])

    def text_fields(self) -> list[dict[str, Any]]:
        """Return the fields of each language, the first one first."""
        first = str(self["language"].value() or self.campaign.language)
        found = [
            {
                "code": code,
                "name": name,
                "title": self[f"title_{code}"],
                "story": self[f"story_{code}"],
                "is_first": code == first,
                "has_errors": bool(self[f"title_{code}"].errors or self[f"story_{code}"].errors),
            }
            for code, name in languages()
        ]
        return sorted(found, key=lambda one: not one["is_first"])

    def tax_fields(self) -> list[forms.BoundField]:
        """Return the tax wording in each language."""
        return [self[f"tax_{code}"] for code, _name in languages()]


def _day_of(campaign: Campaign) -> date | None:
    closes = campaign.closes_at
    return closes.astimezone(ZoneInfo(campaign.team.time_zone)).date() if closes else None


def _initial(campaign: Campaign) -> dict[str, Any]:
    """Return what the form shows of a campaign."""
    names = "organizer_name language destination currency send_by fees_paid_by_organizer".split()
    names += ["receipt_tax_country", "charity_name", "charity_site"]
    names += ["charity_country", "charity_registration"]
    values: dict[str, Any] = {name: getattr(campaign, name) for name in names}
    goal = campaign.goal
    values |= {
        "charity": campaign.charity_key or OWN,
        "goal": _typed(goal) if goal else "",
        "minimum": typed_amount(campaign.minimum_minor, campaign.currency, language()),
        "maximum": typed_amount(campaign.maximum_minor, campaign.currency, language()),
        "suggested": "\n".join(
            _typed(Money(one, campaign.currency)) for one in campaign.suggested_minor
        ),
        "closes_on": _day_of(campaign),
        "accent": f"#{campaign.accent}",
    }
    for code, _name in languages():
        given = campaign.translations.get(code, {})
        for name in ("title", "story"):
            is_first = code == campaign.language
            values[f"{name}_{code}"] = getattr(campaign, name) if is_first else given.get(name, "")
        values[f"tax_{code}"] = campaign.receipt_tax_wording.get(code, "")
    return values


def _typed(amount: Money) -> str:
    """Return an amount as it would be typed in the active language."""
    text = format(amount.major, "f")
    if amount.major == amount.major.to_integral_value():
        text = str(int(amount.major))
    return text.replace(".", ",") if language() == "fr" else text


class AddressForm(forms.Form):
    """The campaign's address on the site."""

    slug = forms.SlugField(
        label=gettext_lazy("Address"),
        max_length=80,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        error_messages={
            "required": gettext_lazy("Write an address."),
            "invalid": gettext_lazy("Use letters a to z, digits and hyphens only."),
        },
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["slug"] = campaign.slug
        self._campaign = campaign

    def clean_slug(self) -> str:
        """Refuse an address that another campaign has, or once had."""
        slug = str(self.cleaned_data["slug"]).lower()
        if campaigns.is_taken(slug, but_by=self._campaign):
            self.refuse_taken()
        return slug

    def refuse_taken(self) -> None:
        """Say that the address is somebody else's."""
        words = _("Another campaign has this address, or once had it. Choose another one.")
        self.add_error("slug", words)
