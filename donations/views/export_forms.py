"""The form that asks for an export."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from donations.models import ColumnPreset
from donations.services.accounting import books
from donations.services.exports import writing
from donations.services.exports.kinds import KINDS
from donations.services.exports.names import NAMES
from events.models import Campaign, Team, Workshop
from fundraiser.core import zones

#: These are a team's, over all its campaigns.
OF_TEAM: Final = ("journal", "fec")
FORMATS: Final = {
    "xlsx": _("XLSX, for Excel and LibreOffice"),
    "csv": _("CSV"),
    "jsonl": _("JSON lines, for programs"),
}


class ExportForm(forms.Form):
    """What is exported of a team's campaigns (None: of the site), of which days, and as what."""

    kind = forms.ChoiceField(label=_("What"))
    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        help_text=_("Amounts in different currencies are never added, whatever you choose."),
    )
    first_day = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label=_("To, included"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        help_text=_("Days begin and times are written in it, for example Europe/Paris."),
    )
    preset = forms.ModelChoiceField(
        label=_("Columns"),
        queryset=ColumnPreset.objects.none(),
        required=False,
        empty_label=_("All"),
        to_field_name="public_id",
    )
    format = forms.ChoiceField(label=_("File"), choices=list(FORMATS.items()))

    def __init__(self, data: QueryDict | None, *, team: Team | None) -> None:
        super().__init__(data, initial={"time_zone": team.time_zone if team else "UTC"})
        has_fec = team is not None and books.is_french(books.of_team(team))
        self._offer(set() if has_fec else {"fec"})
        presets = self.fields["preset"]
        assert isinstance(presets, forms.ModelChoiceField)  # noqa: S101 -- declared above
        presets.queryset = ColumnPreset.objects.filter(team=team).order_by("name")
        campaigns = Campaign.objects.filter(team=team) if team else Campaign.objects.all()
        used = campaigns.values_list("currency", flat=True).distinct()
        currencies = [(one, one) for one in sorted(set(used))]
        self.fields["currency"].choices = [("", _("All, each by itself")), *currencies]  # type: ignore[attr-defined]  # a ChoiceField
        for name in ("first_day", "last_day"):
            self.fields[name].widget.format = "%Y-%m-%d"

    def _offer(self, without: Container[str]) -> None:
        found = [(name, words) for name, words in NAMES.items() if name not in without]
        self.fields["kind"].choices = found  # type: ignore[attr-defined]  # a ChoiceField

    def clean_time_zone(self) -> str:
        """Refuse a zone that the tz database does not know."""
        name: str = self.cleaned_data["time_zone"]
        if not zones.is_zone(name):
            raise forms.ValidationError(_("There is no zone of this name, such as Europe/Paris."))
        return name

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        preset = cleaned.pop("preset", None)
        cleaned["columns"] = preset.columns if preset else []
        if preset and preset.kind != cleaned.get("kind"):
            told = _("These are columns of “%(what)s”.") % {"what": NAMES[preset.kind]}
            self.add_error("preset", told)
        if cleaned.get("kind") == "fec":
            cleaned |= {"format": writing.FEC_FORMAT, "currency": ""}
            for name in ("first_day", "last_day"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("A FEC is of one year: say its first and last day."))
        return cleaned


def workshop_field(campaign: Campaign) -> forms.ModelChoiceField[Workshop]:
    """Return a choice of one of a campaign's workshops, or of none."""
    return forms.ModelChoiceField(
        label=_("Workshop"),
        queryset=campaign.workshops.order_by("starts_at"),
        required=False,
        empty_label=_("All of the campaign"),
    )


class CampaignExportForm(ExportForm):
    """The same of one campaign, or of one of its workshops; it has one currency."""

    field_order = ("kind", "workshop")

    def __init__(self, data: QueryDict | None, *, campaign: Campaign) -> None:
        super().__init__(data, team=campaign.team)
        of_books = {one.name for one in KINDS.values() if one.of_books and campaign.test_mode}
        self._offer({*OF_TEAM, *of_books})
        del self.fields["currency"]
        self.fields["workshop"] = workshop_field(campaign)
        self.order_fields(self.field_order)
