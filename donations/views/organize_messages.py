"""An organizer's own message: written, looked at, sent once to each, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.services import people_list
from donations.services.mails import previews
from donations.views import framed, mail_labels
from donations.views.language import language
from donations.views.organize_mails import send_test
from donations.views.organize_workshop import typed, workshop_context
from events.forms.mail_texts import MessageForm
from events.models import Announcement, Registration, Workshop
from events.services import access, access_people
from events.services.mails import announcements
from events.states import Audience


def audience_name(audience: str) -> str:
    """Return to whom a message goes, in the active language."""
    return {
        Audience.EVERYBODY: _("Everybody with a seat"),
        Audience.ATTENDED: _("Those who were there"),
        Audience.ABSENT: _("Those who were not there"),
        Audience.WAITING: _("The waiting list"),
        Audience.CHOSEN: _("Those you chose"),
    }[Audience(audience)]


def _choices(workshop: Workshop, chosen: Sequence[Registration]) -> list[tuple[str, str]]:
    audiences = [Audience.CHOSEN] if chosen else []
    counted = [
        (one, len(announcements.recipients(workshop, one, chosen)))
        for one in (*audiences, *announcements.audiences(workshop))
    ]
    return [(one.value, f"{audience_name(one)} ({count})") for one, count in counted]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_write(
    request: HttpRequest, public_id: UUID, message_id: UUID | None = None
) -> HttpResponse:
    """Write a message, or change one that nobody got yet; POST keeps it, and sends nothing."""
    workshop = access.workshop_for_member(request.user, public_id)
    known = access.announcement_of(workshop, message_id) if message_id else None
    if known is not None and known.queued_at is not None:
        return redirect("workshop_message", public_id=public_id, message_id=known.public_id)
    asked = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(asked, workshop, known)
    initial = _words(known) if known else {"audience": Audience.CHOSEN} if chosen else {}
    form = MessageForm(typed(request), audiences=_choices(workshop, chosen), initial=initial)
    if request.method == "POST" and form.is_valid():
        kept = _keep(request, workshop, known, {**form.cleaned_data, "chosen": chosen})
        return redirect("workshop_message", public_id=public_id, message_id=kept.public_id)
    context = {
        **workshop_context(request, workshop, "mails"),
        "form": form,
        "placeholders": mail_labels.placeholders(),
        "carried": [(name, one) for name in _CHOOSING for one in asked.getlist(name)],
        "is_choice_empty": "ticked" in asked and not chosen,
    }
    status = 422 if form.errors else 200
    return render(request, "organize/message_write.html", context, status=status)


#: What tells in an address whom somebody chose: ticked persons, or all whom a filter found.
_CHOOSING = ("to", "all", "q", *people_list.CHOICES)


def _chosen(asked: QueryDict, workshop: Workshop, known: Announcement | None) -> list[Registration]:
    """Return the persons of the workshop that were chosen, now or when it was written."""
    if "all" in asked:
        wanted = people_list.asked(_flat(asked), people_list.choices_of(workshop))
        return list(people_list.found(workshop, wanted))
    if "to" in asked:
        return access_people.people_of(workshop, asked.getlist("to"))
    return list(known.chosen.all()) if known else []


def _flat(asked: QueryDict) -> dict[str, str]:
    return {name: str(asked.get(name, "")) for name in asked}


def _words(known: Announcement) -> dict[str, str]:
    return {"audience": known.audience, "subject": known.subject, "body": known.body}


def _keep(
    request: HttpRequest, workshop: Workshop, known: Announcement | None, words: dict[str, Any]
) -> Announcement:
    if known is None:
        return announcements.draft(workshop=workshop, author=request.user, **words)
    try:
        announcements.rewrite(known, **words)
    except announcements.AlreadySentError:
        messages.warning(request, _("It was sent meanwhile, as it stood before."))
    return known


@never_cache
@framed.with_frame
@login_required
@require_safe
def workshop_message(request: HttpRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    """A message before it is sent: what people get, and how many; afterwards how far it is."""
    workshop = access.workshop_for_member(request.user, public_id)
    message = access.announcement_of(workshop, message_id)
    args = [workshop.public_id, message.public_id]
    progress = announcements.progress(message) if message.queued_at else None
    context = {
        **workshop_context(request, workshop, "mails"),
        "message": message,
        "audience": audience_name(message.audience),
        "count": len(announcements.addressees(message)),
        "progress": progress,
        "preview_url": reverse("workshop_message_preview", args=args),
        "edit_url": reverse("workshop_rewrite", args=args),
        "send_url": reverse("workshop_message_send", args=args),
        "test_url": reverse("workshop_message_test", args=args),
        "discard_url": reverse("workshop_message_discard", args=args),
    }
    return render(request, "organize/message.html", context)


@never_cache
@framed.framed
@login_required
@require_safe
def workshop_message_preview(
    request: HttpRequest, public_id: UUID, message_id: UUID
) -> HttpResponse:
    """The message as somebody would get it."""
    workshop = access.workshop_for_member(request.user, public_id)
    message = access.announcement_of(workshop, message_id)
    return HttpResponse(previews.html_page(_as_sent(request, message)))


def _as_sent(request: HttpRequest, message: Announcement) -> Any:
    user: Any = request.user
    name = user.first_name or _("Alex Example")
    return previews.of_announcement(message, language(), name=name, email=user.email)


@login_required
@require_POST
def workshop_message_test(request: HttpRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    """Send the message to the signed-in person, and to nobody else."""
    workshop = access.workshop_for_member(request.user, public_id)
    message = access.announcement_of(workshop, message_id)
    send_test(request, _as_sent(request, message))
    return redirect("workshop_message", public_id=public_id, message_id=message_id)


@login_required
@require_POST
def workshop_message_send(request: HttpRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    """Send it, once for ever: to click twice changes nothing."""
    workshop = access.workshop_for_member(request.user, public_id)
    message = access.announcement_of(workshop, message_id)
    if announcements.send(message):
        count = announcements.progress(message).total
        told = ngettext("It goes to %(n)d person.", "It goes to %(n)d people.", count)
        messages.success(request, told % {"n": count})
    return redirect("workshop_message", public_id=public_id, message_id=message_id)


@login_required
@require_POST
def workshop_message_discard(
    request: HttpRequest, public_id: UUID, message_id: UUID
) -> HttpResponse:
    """Throw a message away that nobody got yet."""
    workshop = access.workshop_for_member(request.user, public_id)
    try:
        announcements.discard(access.announcement_of(workshop, message_id))
    except announcements.AlreadySentError:
        messages.warning(request, _("It was sent already."))
        return redirect("workshop_message", public_id=public_id, message_id=message_id)
    messages.success(request, _("The message is thrown away."))
    return redirect("workshop_mails", public_id=public_id)
