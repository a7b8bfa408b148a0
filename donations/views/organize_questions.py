"""What an organizer asks the people of a workshop."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations.views.organize_workshop import workshop_context
from events.forms.questions import QuestionList
from events.services import access, workshop_edits


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_questions(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The editor. Its buttons send the whole list; only "save" keeps it."""
    workshop = access.workshop_for_member(request.user, public_id)
    status = 200
    if request.method == "POST":
        questions = QuestionList(workshop, request.POST.dict())
        if request.POST.get("do") == "save":
            if questions.is_valid():
                workshop_edits.save_questions(workshop, questions.stored())
                messages.success(request, _("The questions are kept."))
                return redirect("workshop_questions", public_id=public_id)
            status = 422
        else:
            questions.press(request.POST.get("do") or "")
    else:
        questions = QuestionList(workshop)
    context = {
        **workshop_context(request, workshop, "questions"),
        "questions": questions,
        "problems": questions.problems() if status == 422 else [],
        "asks_access_needs": workshop.asks_access_needs,
    }
    return render(request, "organize/questions.html", context, status=status)
