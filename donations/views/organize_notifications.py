"""Which mails the people who organise get; each kind can also be ended from the mail itself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from donations.services.mails import notices
from donations.services.mails.notice_emails import WISHES
from donations.views.organize_workshop import typed
from events.forms.notifications import NotificationsForm
from events.services import access


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """The person's wishes for each of their teams; POST keeps them all."""
    data = typed(request)
    members = list(access.memberships_of(request.user))
    had_gifts = {one.pk: one.wants_gift_mails for one in members}
    forms = [NotificationsForm(data, instance=one, prefix=f"team-{one.pk}") for one in members]
    if data is not None and all(form.is_valid() for form in forms):
        for form in forms:
            if form.instance.wants_gift_mails and not had_gifts[form.instance.pk]:
                notices.gifts_known(form.instance)
            form.save()
        messages.success(request, _("Your wishes are kept."))
        return redirect("notifications")
    status = 422 if any(form.errors for form in forms) else 200
    return render(request, "organize/notifications.html", {"forms": forms}, status=status)


# A mail program posts without a cookie; the signed link itself says who it is.
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def notice_off(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """GET shows a button; POST ends one kind of notice (RFC 8058), or ``again`` undoes that."""
    if kind not in WISHES:
        raise Http404
    member = access.membership_for_link(token, kind)
    if request.method == "POST":
        wanted = "again" in request.POST
        if wanted and kind == "new_gift":
            notices.gifts_known(member)
        setattr(member, WISHES[kind], wanted)
        member.save(update_fields=[WISHES[kind]])
    context = {
        "kind": kind,
        "team": member.team.name,
        "wanted": getattr(member, WISHES[kind]),
        "changed": request.method == "POST",
    }
    return render(request, "organize/notice_off.html", context)
