"""The page behind "no more mails like this one", and mail programs' one-click POST (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.services import access, access_people, list_invitations
from events.services.mails import unsubscribing
from events.services.room import devices, hosts
from events.states import MailClass
from fundraiser.core.http import DeadLinkError


# A mail program posts without a cookie; the signed link itself says who it is.
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(
    request: HttpRequest, token: str, mail_class: str = MailClass.REMINDER
) -> HttpResponse:
    """GET shows a button; POST ends such mails, or with the field ``again`` undoes that."""
    registration, version = access.registration_for_unsubscribing(token)
    if not devices.only_replaced(registration, since=version):
        raise DeadLinkError  # The seat is somebody else's now, who has a link of their own.
    if request.method == "POST":
        wanted = "again" in request.POST
        unsubscribing.set_wanted(registration, mail_class, wanted=wanted)
        registration.refresh_from_db()
    is_news = mail_class == MailClass.NEWS
    workshop = registration.booking.workshop
    context = {
        "title": workshop.text("title", get_language() or "en"),
        "organizer": workshop.campaign.organizer_name,
        "is_test": workshop.campaign.test_mode,
        "is_news": is_news,
        "wanted": registration.wants_news if is_news else registration.wants_reminders,
        "changed": request.method == "POST",
    }
    return render(request, "mails/unsubscribe.html", context)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_host(request: HttpRequest, token: str) -> HttpResponse:
    """The same for a speaker's reminders."""
    host = access.host_for_link(token, access.HOST_REMINDERS_LINK)
    if request.method == "POST":
        hosts.set_reminders(host, wanted="again" in request.POST)
    context = {
        "workshop": host.workshop,
        "campaign": host.workshop.campaign,
        "is_news": False,
        "is_host": True,
        "wanted": host.wants_reminders,
        "changed": request.method == "POST",
    }
    return render(request, "mails/unsubscribe.html", context)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_invitations(request: HttpRequest, token: str) -> HttpResponse:
    """The same for a team's invitations, which go to people without a seat."""
    invitee = access_people.invitee_for_link(token)
    if request.method == "POST":
        list_invitations.set_wanted(invitee, wanted="again" in request.POST)
    context = {
        "team": invitee.team.name,
        "wanted": invitee.unsubscribed_at is None,
        "changed": request.method == "POST",
    }
    return render(request, "mails/unsubscribe_invitations.html", context)
