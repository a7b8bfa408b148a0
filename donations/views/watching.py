"""Give to watch: the form, and the way to the recording once the gift is paid."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from donations.services import watching
from donations.services.links import GIFT_LINK, donation_for_link
from donations.views import giving
from donations.views.addresses import at_old_addresses
from events.services import access
from events.views.scene import leads_on, scene, sent_on


@at_old_addresses
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HttpRequest, slug: str, workshop_slug: str) -> HttpResponse:
    """The gift form of a past workshop's recording; POST goes on to Stripe."""
    found = access.workshop_for_visitor(slug, workshop_slug)
    if not watching.offered(found):
        return redirect("workshop", slug=slug, workshop_slug=workshop_slug)
    return giving.give_for_replay(request, found)


@never_cache
@csrf_exempt
@leads_on
@require_http_methods(["GET", "HEAD", "POST"])
def gift_replay(request: HttpRequest, token: str) -> HttpResponse:
    """A recording behind a gift's own link: GET shows a button, POST leads to it."""
    donation = donation_for_link(token, GIFT_LINK)
    workshop = donation.workshop
    if workshop is None:
        raise Http404
    if not watching.may_watch(donation):
        return redirect("gift", token=token)
    if request.method == "POST":
        return sent_on(workshop.replay_url)
    context = {**scene(workshop), "allowed": True, "gift_url": reverse("gift", args=[token])}
    response = render(request, "rooms/replay.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response
