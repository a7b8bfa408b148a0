"""The form that begins a campaign: a few fields, and everything else later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.campaign_fields import PlaceForm, day_field, end_of_day, language
from events.models import Team
from events.services.campaigns import Beginning
from events.states import Destination
from fundraiser.core.money import THREE_DECIMAL, ZERO_DECIMAL, Money, exponent

#: What is suggested at first, in major units, times what the currency's small units ask for.
_SUGGESTED: Final = (20, 50, 100)
_SCALES: Final = {
    **dict.fromkeys(ZERO_DECIMAL, 100),
    **dict.fromkeys("ISK HUF COP ARS UGX".split(), 100),
    **dict.fromkeys("SEK NOK DKK CZK MXN THB INR PHP TWD ZAR HKD".split(), 10),
    **dict.fromkeys(("IDR", "VND", "GNF", "PYG"), 10_000),
    **dict.fromkeys(THREE_DECIMAL, 1),
}


def suggested_at_first(currency: str) -> list[int]:
    """Return three amounts to begin with, in minor units."""
    scale = _SCALES.get(currency, 1) * 10 ** exponent(currency)
    return [Money(one * scale, currency).minor for one in _SUGGESTED]


class CreateForm(PlaceForm):
    """A new campaign: for whom, what it is called, how much, until when."""

    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose the team whose campaign it is.")},
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=160,
        help_text=_("What people read first, for example “An evening for clean water”."),
        error_messages={"required": _("Give the campaign a title.")},
    )
    goal = forms.CharField(
        label=_("Goal"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("How much you hope for. A campaign without a goal is fine, too."),
    )
    closes_on = day_field(_("Last day to give"), _("Empty: it stays open until you close it."))
    send_by = day_field(
        _("Money sent on by"),
        _("Where your team collects: the day by which the charity has it. Everybody sees it."),
    )
    mode = forms.ChoiceField(
        label=_("Money"),
        widget=forms.RadioSelect,
        choices=[
            ("real", _("Real gifts")),
            ("test", _("A test, by Stripe’s test keys: no real money moves, ever")),
        ],
        help_text=_("This stays as it is: a test never becomes a real campaign."),
        error_messages={"required": _("Say whether it is a test.")},
    )
    field_order = (
        "team",
        "title",
        "charity",
        "charity_name",
        "charity_site",
        "charity_country",
        "charity_registration",
        "goal",
        "currency",
        "closes_on",
        "destination",
        "send_by",
        "mode",
    )

    def __init__(
        self, *args: Any, teams: Sequence[Team], offers_test: bool = False, **kwargs: Any
    ) -> None:
        """``offers_test``: whether the site has test keys beside its own."""
        super().__init__(*args, **kwargs)
        if not offers_test:
            del self.fields["mode"]
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
        field.queryset = Team.objects.filter(pk__in=[one.pk for one in teams])
        self._only_team = teams[0] if len(teams) == 1 else None
        if self._only_team:
            del self.fields["team"]
        self.initial.setdefault("currency", "EUR" if language() == "fr" else "USD")
        self.initial.setdefault("destination", Destination.CHARITY)
        self.initial.setdefault("mode", "real")

    def clean(self) -> dict[str, Any]:
        """Read the goal in its currency; refuse days that make no sense."""
        cleaned = super().clean()
        goal, currency = cleaned.get("goal"), cleaned.get("currency")
        if goal and currency:
            found = self.amount("goal", goal, currency)
            cleaned["goal_minor"] = found.minor if found else None
        team = self._only_team or cleaned.get("team")
        self.check_day("closes_on", team)
        self.check_day("send_by", team)
        if cleaned.get("mode") == "test" and cleaned.get("destination") == Destination.EXTERNAL:
            self.add_error(
                "destination",
                _("On the charity’s own page nothing is paid here, so there is nothing to test."),
            )
        closes, send_by = cleaned.get("closes_on"), cleaned.get("send_by")
        if closes and send_by and send_by < closes:
            self.add_error("send_by", _("Send it on after the last day to give, not before."))
        return cleaned

    def team_chosen(self) -> Team:
        """Return the team whose campaign it becomes. Only for a valid form."""
        team: Team = self._only_team or self.cleaned_data["team"]
        return team

    def beginning(self) -> Beginning:
        """Return what was filled in. Only for a valid form."""
        data = self.cleaned_data
        closes = data["closes_on"]
        return Beginning(
            title=data["title"],
            language=language(),
            charity=self.charity_facts(),
            currency=data["currency"],
            destination=data["destination"],
            goal_minor=data.get("goal_minor"),
            suggested_minor=suggested_at_first(data["currency"]),
            closes_at=end_of_day(closes, self.team_chosen().time_zone) if closes else None,
            send_by=data["send_by"],
            test_mode=data.get("mode") == "test",
        )
