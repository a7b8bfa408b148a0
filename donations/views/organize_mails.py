"""A workshop's mails: what is sent and when, and each kind in the organizer's own words."""

from __future__ import annotations

import smtplib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.services.mails import previews
from donations.views import framed, mail_labels
from donations.views.organize_workshop import typed, workshop_context
from events.forms.mail_texts import ReminderForm, WordsForm
from events.models import Workshop
from events.services import access
from events.services.mails import reminders, texts
from events.services.mails.default_words import default_words

_EDITABLE = {kind for kind, one in settings.MAIL_KINDS.items() if one.editable}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_mails(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every kind of mail in every language, the own messages, and when people are reminded.

    POST keeps the reminders.
    """
    workshop = access.workshop_for_member(request.user, public_id)
    form = ReminderForm(typed(request), minutes=reminders.offsets(workshop))
    if request.method == "POST" and form.is_valid():
        reminders.set_offsets(workshop, form.minutes())
        messages.success(request, _("The reminders are set."))
        return redirect("workshop_mails", public_id=workshop.public_id)
    context = {
        **workshop_context(request, workshop, "mails"),
        "form": form,
        "groups": _groups(workshop),
        "announcements": _announcements(workshop),
    }
    status = 422 if form.errors else 200
    return render(request, "organize/mails.html", context, status=status)


def _groups(workshop: Workshop) -> list[dict[str, Any]]:
    own = set(texts.written(workshop))
    return [
        {
            "label": str(title),
            "is_own": any(kind in kinds for kind, _language in own),
            "kinds": [_shown(workshop, kind, own) for kind in kinds],
        }
        for title, kinds in mail_labels.GROUPS
    ]


def _shown(workshop: Workshop, kind: str, own: set[tuple[str, str]]) -> dict[str, Any]:
    return {
        "label": mail_labels.label(kind),
        "occasion": mail_labels.occasion(kind),
        "languages": [
            {
                "name": str(name),
                "is_own": (kind, code) in own,
                "url": reverse("workshop_text", args=[workshop.public_id, kind, code]),
            }
            for code, name in settings.LANGUAGES
        ],
    }


def _announcements(workshop: Workshop) -> list[dict[str, Any]]:
    return [
        {
            "subject": one.subject,
            "queued_at": one.queued_at,
            "url": reverse("workshop_message", args=[workshop.public_id, one.public_id]),
        }
        for one in workshop.announcements.order_by("-created_at")[:20]
    ]


def _editable(kind: str, language: str) -> None:
    """Raise Http404 for a kind that has no own words, or a language that the site has not."""
    if kind not in _EDITABLE or language not in dict(settings.LANGUAGES):
        raise Http404


@never_cache
@framed.with_frame
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_text(request: HttpRequest, public_id: UUID, kind: str, language: str) -> HttpResponse:
    """Edit one kind in one language; ours stand there to start from. POST keeps the words."""
    workshop = access.workshop_for_member(request.user, public_id)
    _editable(kind, language)
    form = _words_form(request, workshop, kind, language)
    if request.method == "POST" and form.is_valid():
        texts.write(workshop=workshop, kind=kind, language=language, **form.cleaned_data)
        messages.success(request, _("Your words are kept: they stand in every mail from now on."))
        return redirect("workshop_mails", public_id=workshop.public_id)
    return _edit_page(request, workshop, kind, language, form)


def _words_form(request: HttpRequest, workshop: Workshop, kind: str, language: str) -> WordsForm:
    if request.method == "POST":
        return _typed_words(request, kind)
    own = texts.written(workshop).get((kind, language))
    words = own or default_words(kind, language)
    return WordsForm(initial={"subject": words.subject, "body": words.body})


def _typed_words(request: HttpRequest, kind: str) -> WordsForm:
    return WordsForm(request.POST, placeholders=texts.placeholders(kind))


def _edit_page(
    request: HttpRequest, workshop: Workshop, kind: str, language: str, form: WordsForm
) -> HttpResponse:
    args = [workshop.public_id, kind, language]
    context = {
        **workshop_context(request, workshop, "mails"),
        "form": form,
        "label": mail_labels.label(kind),
        "occasion": mail_labels.occasion(kind),
        "language_name": str(dict(settings.LANGUAGES)[language]),
        "text_language": language,
        "is_own": (kind, language) in texts.written(workshop),
        "placeholders": mail_labels.placeholders(texts.placeholders(kind)),
        "edit_url": reverse("workshop_text", args=args),
        "preview_url": reverse("workshop_text_preview", args=args),
        "test_url": reverse("workshop_text_test", args=args),
        "reset_url": reverse("workshop_text_reset", args=args),
    }
    status = 422 if form.errors else 200
    return render(request, "organize/mail_text.html", context, status=status)


def _as_sent(
    request: HttpRequest, workshop: Workshop, kind: str, language: str, form: WordsForm
) -> EmailMultiAlternatives:
    user: Any = request.user
    return previews.of_kind(
        workshop,
        kind,
        language,
        subject=form.cleaned_data["subject"],
        body=form.cleaned_data["body"],
        name=user.first_name or _("Alex Example"),
        email=user.email,
    )


@never_cache
@framed.framed
@login_required
@require_POST
def workshop_text_preview(
    request: HttpRequest, public_id: UUID, kind: str, language: str
) -> HttpResponse:
    """Show what is typed as the mail that somebody would get; with ``as=text`` its text."""
    workshop = access.workshop_for_member(request.user, public_id)
    _editable(kind, language)
    form = _typed_words(request, kind)
    if not form.is_valid():
        problems = (str(problem) for found in form.errors.values() for problem in found)
        answer = framed.plain_text("\n".join(problems))
        answer.status_code = 422
        return answer
    mail = _as_sent(request, workshop, kind, language, form)
    if "as_text" in request.POST:
        return framed.plain_text(previews.text_page(mail))
    return HttpResponse(previews.html_page(mail))


@never_cache
@framed.with_frame
@login_required
@require_POST
def workshop_text_test(
    request: HttpRequest, public_id: UUID, kind: str, language: str
) -> HttpResponse:
    """Send what is typed to the signed-in person, and to nobody else; nothing is kept."""
    workshop = access.workshop_for_member(request.user, public_id)
    _editable(kind, language)
    form = _typed_words(request, kind)
    if form.is_valid():
        send_test(request, _as_sent(request, workshop, kind, language, form))
    return _edit_page(request, workshop, kind, language, form)


def send_test(request: HttpRequest, mail: EmailMultiAlternatives) -> None:
    """Send a test, and say so, or that it could not be sent."""
    try:
        previews.send_test(mail)
    except (OSError, smtplib.SMTPException):
        messages.error(request, _("The test could not be sent: the mail server did not take it."))
        return
    messages.success(request, _("A test is on its way to %(email)s.") % {"email": mail.to[0]})


@login_required
@require_POST
def workshop_text_reset(
    request: HttpRequest, public_id: UUID, kind: str, language: str
) -> HttpResponse:
    """Go back to our words."""
    workshop = access.workshop_for_member(request.user, public_id)
    _editable(kind, language)
    texts.forget(workshop=workshop, kind=kind, language=language)
    messages.success(request, _("Our words are used again."))
    return redirect("workshop_text", public_id=public_id, kind=kind, language=language)
