"""A team's own choices of columns for its exports."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.models import ColumnPreset
from donations.services.exports import presets
from donations.services.exports.kinds import KINDS, Kind
from donations.services.exports.names import NAMES
from donations.views.organize_workshop import typed
from events.services import access, access_teams

_FIRST: Final = "donations"


class ColumnsForm(forms.Form):
    """A name, and the place of each column; one without a place is left out."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("The same name again replaces what it stood for."),
    )

    def __init__(self, data: QueryDict | None, *, kind: Kind) -> None:
        super().__init__(data)
        self._kind = kind
        for place, column in enumerate(kind.columns, start=1):
            self.fields[f"column_{column.name}"] = forms.IntegerField(
                label=column.name, min_value=1, max_value=999, required=False, initial=place
            )

    def places(self) -> list[forms.BoundField]:
        """Return the columns' fields."""
        return [self[f"column_{one.name}"] for one in self._kind.columns]

    def clean(self) -> dict[str, Any]:
        """Refuse a choice of nothing."""
        cleaned = super().clean() or {}
        if not self.errors and not self.columns():
            raise forms.ValidationError(_("Give at least one column a place."))
        return cleaned

    def columns(self) -> list[str]:
        """Return the chosen columns in their order."""
        names = [one.name for one in self._kind.columns]
        places = [(self.cleaned_data.get(f"column_{name}"), name) for name in names]
        return [name for _place, name in sorted((place, name) for place, name in places if place)]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_columns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The choices of a team, and the form of one kind; a POST keeps one."""
    team = access_teams.team_for_member(request.user, public_id, access.EDITORS)
    asked = request.GET.get("kind", "")
    kind = KINDS[asked if asked in KINDS and asked not in presets.FIXED else _FIRST]
    form = ColumnsForm(typed(request), kind=kind)
    if form.is_bound and form.is_valid():
        name = form.cleaned_data["name"]
        presets.save(team=team, name=name, kind=kind.name, columns=form.columns())
        messages.success(request, _("Saved."))
        return redirect("team_columns", public_id=team.public_id)
    saved = ColumnPreset.objects.filter(team=team).order_by("name")
    context = {
        "team": team,
        "form": form,
        "kind": kind.name,
        "kinds": [(one, NAMES[one]) for one in KINDS if one not in presets.FIXED],
        "presets": [
            {"row": one, "what": NAMES[one.kind], "columns": ", ".join(one.columns)}
            for one in saved
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "organize/columns.html", context, status=status)


@login_required
@require_POST
def team_columns_remove(request: HttpRequest, public_id: UUID, preset_id: UUID) -> HttpResponse:
    """Forget one choice."""
    team = access_teams.team_for_member(request.user, public_id, access.EDITORS)
    get_object_or_404(ColumnPreset, team=team, public_id=preset_id).delete()
    messages.success(request, _("Removed."))
    return redirect("team_columns", public_id=team.public_id)
