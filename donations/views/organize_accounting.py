"""A team's owners keep its books: account numbers, and periods that are closed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.models import Books
from donations.services.accounting import books, periods
from donations.services.exports.file_names import name_of
from donations.views.accounting_forms import BooksForm, CloseForm, locks
from donations.views.language import language
from donations.views.organize_workshop import typed
from events.models import Team
from events.services import access_teams


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team_accounting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The books of a team; a POST changes account numbers."""
    team = access_teams.team_for_member(request.user, public_id, access_teams.OWNERS)
    form = BooksForm(typed(request), instance=_books(team))
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("team_accounting", public_id=team.public_id)
    return _page(request, team, form, CloseForm(None, team=team))


@login_required
@require_POST
def team_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close the books until the last day of an export."""
    team = access_teams.team_for_member(request.user, public_id, access_teams.OWNERS)
    form = CloseForm(request.POST, team=team)
    if form.is_valid():
        export = form.cleaned_data["export"]
        try:
            periods.lock(team=team, export=export, file_name=name_of(export), user=request.user)
        except periods.RowsCameError:
            form.add_error("export", _("Rows came since it was made: export it again."))
        except periods.NoBooksError:
            told = _("Save the account numbers first: what the books cover cannot change later.")
            form.add_error("export", told)
        except periods.NotLockableError:
            form.add_error("export", _("Its period is closed by now."))
        else:
            messages.success(request, _("Closed."))
            return redirect("team_accounting", public_id=team.public_id)
    return _page(request, team, BooksForm(None, instance=_books(team)), form)


def _books(team: Team) -> Books:
    """Return the team's books; new ones begin as in the country of the page's language."""
    return books.of_team(team, country=books.FRANCE if language() == "fr" else "")


def _page(request: HttpRequest, team: Team, form: BooksForm, close: CloseForm) -> HttpResponse:
    is_wrong = form.is_bound or close.is_bound
    context = {
        "team": team,
        "form": form,
        "close": close,
        "errors": close if close.is_bound else form,
        "can_close": periods.lockable(team).exists(),
        "locks": locks(team),
    }
    status = 422 if is_wrong else 200
    return render(request, "organize/accounting.html", context, status=status)
