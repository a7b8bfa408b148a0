"""The links of a campaign and what came by each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations.services import referral_totals
from donations.views.organize_campaign import campaign_context
from donations.views.organize_workshop import typed
from events.forms.referrals import ReferralForm
from events.models import Campaign
from events.services import access, origins, referrals
from events.services.mails.emails import absolute


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_referrals(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What each link brought, and a form for a new one.

    Not for viewers: a link by which one person came would tell what that person hid.
    """
    campaign = access.campaign_for_member(request.user, public_id)
    form = ReferralForm(typed(request))
    if request.method == "POST" and form.is_valid() and _made(request, campaign, form):
        return redirect("campaign_referrals", public_id=public_id)
    context = campaign_context(request, campaign, "referrals")
    base = absolute(context["campaign"].url)
    totals = referral_totals.of_campaign(campaign)
    context |= {
        "form": form,
        "totals": totals,
        "links": [
            {"line": one, "url": f"{base}{origins.carried({origins.VIA: one.code})}"}
            for one in totals.links
        ],
    }
    return render(request, "organize/referrals.html", context, status=422 if form.errors else 200)


def _made(request: HttpRequest, campaign: Campaign, form: ReferralForm) -> bool:
    words: dict[str, Any] = form.cleaned_data
    try:
        referrals.create(
            campaign=campaign, author=request.user, label=words["label"], code=words["code"]
        )
    except referrals.CodeTakenError:
        form.add_error("code", _("Another link of this campaign has this code: write another."))
        return False
    messages.success(request, _("The link is ready. Copy it and pass it on."))
    return True
