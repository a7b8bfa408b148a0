"""The form of an export that makes itself again and again."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from donations.services.exports import presets, schedules
from donations.views.export_forms import OF_TEAM, ExportForm, workshop_field
from donations.views.language import language
from donations.views.schedule_words import EVERY
from events.models import Campaign, Team

_PERIOD: Final = ("first_day", "last_day")


class _Recipients(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: User) -> str:
        """Name a colleague."""
        name = obj.get_full_name()
        return f"{name} ({obj.email})" if name else obj.email


class ScheduleForm(ExportForm):
    """What of a team (None: of the site) is exported, how often, when, and who is told of it."""

    every = forms.ChoiceField(label=_("How often"), choices=list(EVERY.items()))
    at = forms.TimeField(
        label=_("At"),
        initial="08:00",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)
    recipients = _Recipients(
        label=_("Who gets the mail"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It has a link to the file, and not the file: whoever opens it signs in."),
        error_messages={"required": _("Choose at least one person.")},
    )
    field_order = ("kind", "workshop", "currency", "preset", "format", "every", "at", "time_zone")

    def __init__(self, data: QueryDict | None, *, team: Team | None, user: int) -> None:
        super().__init__(data, team=team)
        for name in _PERIOD:
            del self.fields[name]
        if team is None:
            del self.fields["preset"]  # columns are saved by teams
        self._offer(presets.FIXED)
        self.initial = {**self.initial, "language": language(), "recipients": [user]}
        field = self.fields["recipients"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 -- declared above
        field.queryset = schedules.may_get(team=team).order_by("email")

    def values(self) -> dict[str, Any]:
        """Return the fields of a schedule, without its recipients."""
        return {name: one for name, one in self.cleaned_data.items() if name != "recipients"}


class CampaignScheduleForm(ScheduleForm):
    """The same of one campaign, or of one of its workshops; it has one currency."""

    def __init__(self, data: QueryDict | None, *, campaign: Campaign, user: int) -> None:
        super().__init__(data, team=campaign.team, user=user)
        self._offer({*presets.FIXED, *OF_TEAM})
        del self.fields["currency"]
        self.fields["workshop"] = workshop_field(campaign)
        self.order_fields(self.field_order)
