"""A campaign's workshops: the list, a new one, and the way from draft to published and back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations import minimums
from donations.services import workshop_lists
from donations.views.language import language
from donations.views.organize_campaign import campaign_context
from donations.views.organize_workshop import typed
from events.forms.workshops import WorkshopForm
from events.models import Campaign
from events.services import access, publishing, workshop_edits
from fundraiser.core.money import Money

#: What keeps a draft from being published, in plain words.
OBSTACLES: dict[str, str | Promise] = {
    "past": gettext_lazy("It lies in the past: give it a time to come."),
    "closed": gettext_lazy("Registration has closed already: change when it closes."),
    "text": gettext_lazy("Nothing says what it is about: write a sentence or a description."),
}
#: What could be better.
HINTS: dict[str, str | Promise] = {
    "campaign": gettext_lazy("The campaign is a draft still: people see it once it is published."),
    "room": gettext_lazy("There is no room yet. It is needed shortly before the start."),
    "speakers": gettext_lazy("Nobody is named who speaks."),
    "language": gettext_lazy("The title is not translated yet: visitors see it as you wrote it."),
}


def limits(campaign: Campaign) -> tuple[Money, Money]:
    """Return the least and the most that Stripe can charge in a campaign's currency."""
    return minimums.minimum(campaign.currency), minimums.maximum(campaign.currency)


@never_cache
@login_required
@require_safe
def campaign_workshops(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All workshops of a campaign."""
    campaign = access.campaign_for_member(request.user, public_id, access.MEMBERS)
    context = {
        **campaign_context(request, campaign, "workshops"),
        "rows": workshop_lists.rows(campaign, language()),
        "series": list(campaign.series.order_by("title")),
    }
    return render(request, "organize/workshops.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_create(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new workshop; it begins as a draft that the team sees."""
    campaign = access.campaign_for_member(request.user, public_id)
    form = WorkshopForm(typed(request), campaign=campaign, workshop=None, limits=limits(campaign))
    if request.method == "POST" and form.is_valid() and form.time is not None:
        made = workshop_edits.create(campaign=campaign, details=form.details(), time=form.time)
        messages.success(request, _("Your draft is kept. Look at it, then publish it."))
        return redirect("workshop_edit", public_id=made.public_id)
    context = {
        **campaign_context(request, campaign, "workshops"),
        "form": form,
        "translations": form.translation_groups(),
    }
    status = 422 if form.errors else 200
    return render(request, "organize/workshop_create.html", context, status=status)


@login_required
@require_POST
def workshop_publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let everybody see it."""
    workshop = access.workshop_for_member(request.user, public_id)
    try:
        publishing.publish(workshop.pk)
    except publishing.NotReadyError:
        for one in publishing.obstacles(workshop):
            messages.error(request, str(OBSTACLES[one]))
    else:
        messages.success(request, _("It is published: everybody can see it and register."))
    return redirect("workshop_edit", public_id=public_id)


@login_required
@require_POST
def workshop_unpublish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make it a draft again, as long as nobody registered."""
    workshop = access.workshop_for_member(request.user, public_id)
    try:
        publishing.unpublish(workshop.pk)
    except publishing.RegisteredError:
        text = _("Somebody has registered or asked to already: it cannot be hidden any more.")
        messages.error(request, text)
    else:
        messages.success(request, _("It is a draft again: only your team sees it."))
    return redirect("workshop_edit", public_id=public_id)
