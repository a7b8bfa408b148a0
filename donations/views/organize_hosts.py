"""Who speaks at a workshop: each has a link of their own into the room."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations.views import mail_labels
from donations.views.organize_workshop import typed, workshop_context
from events.forms.hosts import HostForm
from events.models import Workshop
from events.services import access, people
from events.services.room import hosts


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_hosts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who speaks, and how their mails stand; POST adds somebody and mails the link."""
    workshop = access.workshop_for_member(request.user, public_id)
    form = HostForm(typed(request))
    if request.method == "POST" and form.is_valid() and _added(request, workshop, form):
        return redirect("workshop_hosts", public_id=workshop.public_id)
    context = {
        **workshop_context(request, workshop, "hosts"),
        "form": form,
        "hosts": [
            {
                "host": host,
                "mails": [mail_labels.shown(mail) for mail in mails],
                "renew_url": reverse("host_renew", args=[public_id, host.public_id]),
                "remove_url": reverse("host_remove", args=[public_id, host.public_id]),
            }
            for host, mails in people.hosts(workshop)
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "organize/hosts.html", context, status=status)


def _added(request: HttpRequest, workshop: Workshop, form: HostForm) -> bool:
    data = form.cleaned_data
    try:
        hosts.add(workshop=workshop, **data)
    except hosts.KnownHostError:
        form.add_error("email", _("This address is on the list already."))
        return False
    told = _("%(name)s is on the list; the link is on its way.")
    messages.success(request, told % {"name": data["name"]})
    return True


@login_required
@require_POST
def host_renew(request: HttpRequest, public_id: UUID, host_id: UUID) -> HttpResponse:
    """Make the old link worth nothing and mail a new one."""
    workshop = access.workshop_for_member(request.user, public_id)
    hosts.renew_link(access.host_of(workshop, host_id))
    messages.success(request, _("A new link is on its way; the old one opens nothing any more."))
    return redirect("workshop_hosts", public_id=workshop.public_id)


@login_required
@require_POST
def host_remove(request: HttpRequest, public_id: UUID, host_id: UUID) -> HttpResponse:
    """Take somebody off the list."""
    workshop = access.workshop_for_member(request.user, public_id)
    host = access.host_of(workshop, host_id)
    hosts.remove(host)
    told = _("%(name)s is off the list; the link opens nothing any more.")
    messages.success(request, told % {"name": host.name})
    return redirect("workshop_hosts", public_id=workshop.public_id)
