"""One person of a workshop: the mark, and the notes of the team."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.services import people_list
from donations.views.organize_workshop import typed, workshop_context
from events.forms.people import NoteForm
from events.models import Workshop
from events.services import access, access_people, people_notes
from events.services.attendees import attendee


def back_to_list(workshop: Workshop, query: str, anchor: str = "") -> HttpResponseRedirect:
    """Return the way back to the list of people as it was filtered; ``query`` was in a form."""
    parameters = QueryDict(query[:2000])
    kept = people_list.asked(parameters.dict()).query
    page = parameters.get("page", "")
    if page.isascii() and page.isdigit():
        kept = f"{kept}&page={page}" if kept else f"page={page}"
    path = reverse("workshop_people", args=[workshop.public_id])
    return HttpResponseRedirect(f"{path}{'?' if kept else ''}{kept}{anchor}")


@login_required
@require_POST
def workshop_mark(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark a person to find them again, or take the mark away: ``mark`` is 1 or 0."""
    workshop = access.workshop_for_member(request.user, public_id)
    try:
        wanted = UUID(request.POST.get("registration", ""))
    except ValueError as error:
        raise Http404 from error
    person = access.person_of_workshop(workshop, wanted)
    people_notes.mark(person, marked=request.POST.get("mark") == "1")
    return back_to_list(workshop, request.POST.get("back", ""), f"#person-{person.public_id}")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_person(request: HttpRequest, public_id: UUID, person_id: UUID) -> HttpResponse:
    """The notes about one person, and a form for a new one."""
    workshop = access.workshop_for_member(request.user, public_id)
    person = access.person_of_workshop(workshop, person_id)
    form = NoteForm(typed(request))
    if request.method == "POST" and form.is_valid():
        people_notes.write(person, author=request.user, text=form.cleaned_data["text"])
        messages.success(request, _("The note is kept."))
        return redirect("workshop_person", public_id=public_id, person_id=person_id)
    context = {
        **workshop_context(request, workshop, "people"),
        "form": form,
        "person": attendee(person),
        "booking": person.booking,
        "notes": [
            {
                "note": one,
                "remove_url": reverse(
                    "workshop_note_remove", args=[public_id, person_id, one.public_id]
                ),
            }
            for one in people_notes.of([person])[person.pk]
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "organize/person_notes.html", context, status=status)


@login_required
@require_POST
def workshop_note_remove(
    request: HttpRequest, public_id: UUID, person_id: UUID, note_id: UUID
) -> HttpResponse:
    """Take a note away, for ever."""
    workshop = access.workshop_for_member(request.user, public_id)
    person = access.person_of_workshop(workshop, person_id)
    access_people.note_of(person, note_id).delete()
    messages.success(request, _("The note is gone."))
    return redirect("workshop_person", public_id=public_id, person_id=person_id)
