"""The fields that a campaign's forms share: where the money goes, amounts, and dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from django import forms
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events.charities import CHARITIES
from events.models import Team
from events.services.campaigns import CharityFacts
from events.states import Destination
from fundraiser.core import amounts, zones
from fundraiser.core.money import SUPPORTED, InvalidAmountError, Money

OWN: Final = "own"
_COMMON: Final = ("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "JPY")
_YEARS_AHEAD: Final = 10
_DESTINATIONS: Final = {
    Destination.CHARITY: (
        gettext_lazy("The charity’s own Stripe account"),
        gettext_lazy("Every gift goes straight to the charity. Best where it takes part."),
    ),
    Destination.TEAM: (
        gettext_lazy("Your team’s account"),
        gettext_lazy("You collect the gifts, send them on by a day you name, and show the proof."),
    ),
    Destination.EXTERNAL: (
        gettext_lazy("The charity’s own page"),
        gettext_lazy("People give there and show you the receipt; no money passes through here."),
    ),
}


def language() -> str:
    """Return the active language's two letters."""
    return (get_language() or "en")[:2]


def currency_choices() -> list[Any]:
    """Return every currency, the common ones first, each by its code and name."""
    names = Locale.parse(language()).currencies
    rest = sorted(SUPPORTED - set(_COMMON))
    return [
        (_("Often used"), [(one, f"{one} · {names.get(one, one)}") for one in _COMMON]),
        (_("All others"), [(one, f"{one} · {names.get(one, one)}") for one in rest]),
    ]


def country_choices() -> list[tuple[str, str]]:
    """Return every country by its name in the active language, and none."""
    names = Locale.parse(language()).territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return [("", "—"), *sorted(found, key=lambda one: one[1])]


def described(label: Any, hint: Any) -> str:
    """Return a choice with a plain sentence below it."""
    return format_html('<span>{}<small class="soft">{}</small></span>', label, hint)


class DayInput(forms.DateInput):
    """A day, by the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, help_text: Any) -> forms.DateField:
    """Return a field for a day that may be left empty."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=DayInput(),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        error_messages={"invalid": gettext_lazy("Write a day, for example 2027-03-31.")},
    )


def limit_field(label: Any, help_text: Any) -> forms.CharField:
    """Return a field for an amount that may be left empty."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=40, widget=widget
    )


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last second of a day in a zone, aware, in UTC."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


class PlaceForm(forms.Form):
    """For whom a campaign is, in which currency, and where its money lands."""

    charity = forms.ChoiceField(
        label=gettext_lazy("Charity"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a charity, or name your own.")},
    )
    charity_name = forms.CharField(
        label=gettext_lazy("Name of the charity"), max_length=120, required=False
    )
    charity_site = forms.URLField(
        label=gettext_lazy("Its website"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        error_messages={
            "invalid": gettext_lazy("Write the whole address, beginning with https://.")
        },
    )
    charity_country = forms.ChoiceField(label=gettext_lazy("Its country"), required=False)
    charity_registration = forms.CharField(
        label=gettext_lazy("Its registration number"), max_length=60, required=False
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    destination = forms.ChoiceField(
        label=gettext_lazy("Where the money lands"), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(one.key, described(one.name, one.fact)) for one in CHARITIES.values()]
        own = described(_("Another charity"), _("You name it yourself."))
        self._choose("charity", [*known, (OWN, own)])
        self._choose("charity_country", country_choices())
        self._choose("currency", currency_choices())
        places = [(key, described(*words)) for key, words in _DESTINATIONS.items()]
        self._choose("destination", places)

    def _choose(self, name: str, choices: list[Any]) -> None:
        if name in self.fields:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
            field.choices = choices

    def without_external(self, is_test: bool) -> None:  # noqa: FBT001
        """Leave the charity's own page out for a test: nothing is paid here then, in any mode."""
        if not is_test:
            return
        known = {key: words for key, words in _DESTINATIONS.items() if key != Destination.EXTERNAL}
        self._choose("destination", [(key, described(*words)) for key, words in known.items()])

    def clean(self) -> dict[str, Any]:
        """Ask for the name of an own charity."""
        cleaned = super().clean() or {}
        is_nameless = not cleaned.get("charity_name") and "charity_name" not in self.errors
        if cleaned.get("charity") == OWN and is_nameless:
            self.add_error("charity_name", _("Write the name of the charity."))
        return cleaned

    def charity_facts(self) -> CharityFacts:
        """Return the charity that was chosen or named. Only for a valid form."""
        data = self.cleaned_data
        if known := CHARITIES.get(data["charity"]):
            return CharityFacts(
                known.name, known.site, known.country, known.registration, known.key
            )
        return CharityFacts(
            name=data["charity_name"],
            site=data["charity_site"],
            country=data["charity_country"],
            registration=data["charity_registration"],
        )

    def check_day(self, name: str, team: Team | None, before: date | None = None) -> None:
        """Refuse a day that is over where the team lives, or far off, unless it stood there."""
        day: date | None = self.cleaned_data.get(name)
        if day is None or day == before:
            return
        today = zones.today(team.time_zone if team else "UTC")
        if day < today:
            self.add_error(name, _("This day has passed: choose a later one."))
        elif day > today + timedelta(days=366 * _YEARS_AHEAD):
            self.add_error(name, _("Choose a day within the next ten years."))

    def amount(self, name: str, text: str, currency: str) -> Money | None:
        """Return an amount above zero that was typed; otherwise None, and say so at the field."""
        try:
            found = amounts.parse(text, currency, language())
        except InvalidAmountError:
            found = Money(0, currency)
        if found.minor > 0:
            return found
        words = _("“%(typed)s” is no amount in %(currency)s. Write a number, for example 1000.")
        self.add_error(name, words % {"typed": text[:40], "currency": currency})
        return None

    def limits(
        self, currency: str, stripes: tuple[Money, Money] | None
    ) -> tuple[Money | None, Money | None]:
        """Return the least and the most of a gift as typed, None where nothing is.

        ``stripes`` are the least and the most that can be charged; None where nothing is charged.
        """
        typed = [str(self.cleaned_data.get(name) or "") for name in ("minimum", "maximum")]
        low = self.amount("minimum", typed[0], currency) if typed[0] else None
        high = self.amount("maximum", typed[1], currency) if typed[1] else None
        floor, ceiling = stripes or (None, None)
        if low and floor and low < floor:
            words = _("The least that can be paid by card is %(least)s.")
            self.add_error("minimum", words % {"least": floor.format(language(), short=True)})
        for name, one in (("minimum", low), ("maximum", high)):
            if one and ceiling and one > ceiling:
                words = _("The most that can be paid by card is %(most)s.")
                self.add_error(name, words % {"most": ceiling.format(language(), short=True)})
        least = max((one for one in (low, floor) if one), default=None)
        if high and least and high < least:
            words = _("The most must not be less than %(least)s.")
            self.add_error("maximum", words % {"least": least.format(language(), short=True)})
        return low, high

    def amounts_of_lines(self, name: str, currency: str, least: Money, most: int) -> list[int]:
        """Return the amounts of a field with one a line, as minor units in ascending order."""
        lines = [
            line for line in str(self.cleaned_data.get(name) or "").splitlines() if line.strip()
        ]
        found = [self.amount(name, line.strip(), currency) for line in lines[: most + 1]]
        values = sorted({one.minor for one in found if one is not None})
        if len(lines) > most:
            self.add_error(name, _("Suggest %(most)d amounts at most.") % {"most": most})
        if values and values[0] < least.minor:
            words = _("The least that can be paid by card is %(least)s.")
            self.add_error(name, words % {"least": least.format(language(), short=True)})
        return values
