"""Sharing a campaign: links, codes, prefilled amounts, and what other sites put on their pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from donations.services import sharing, social_cards, totals
from donations.views.language import language
from donations.views.organize_campaign import campaign_context
from events.forms.campaign_fields import language as form_language
from events.models import Campaign
from events.services import access
from fundraiser.core import amounts
from fundraiser.core.money import InvalidAmountError

#: Heights of the frames in pixels: what they hold at the width of a phone.
_METER_HEIGHT, _FORM_HEIGHT = 230, 1000


@login_required
@require_safe
def campaign_share(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every link of a campaign with its code, its frame, and ``?amount=`` filled in if asked."""
    campaign = access.campaign_for_member(request.user, public_id, access.MEMBERS)
    asked = request.GET.get("amount", "")[:20].strip()
    amount = _amount(asked, campaign.currency)
    context = {
        **campaign_context(request, campaign, "share"),
        "places": _places(campaign, amount or ""),
        "amount": asked,
        "amount_error": amount is None,
        "currency": campaign.currency,
        "is_public": campaign.state != "draft",
        "card_url": social_cards.url(campaign, language(), totals.of_campaign(campaign).together),
        "meter_code": _frame(
            reverse("embed_meter", args=[campaign.slug]), campaign, _METER_HEIGHT, ""
        ),
    }
    status = 422 if amount is None else 200
    return render(request, "organize/campaign_share.html", context, status=status)


def _amount(typed: str, currency: str) -> str | None:
    """Return an amount as links carry it; empty where none was typed, None where it is none."""
    if not typed:
        return ""
    try:
        found = amounts.parse(typed, currency, form_language())
    except InvalidAmountError:
        return None
    return format(found.major.normalize(), "f") if found.minor > 0 else None


def _places(campaign: Campaign, amount: str) -> list[dict[str, Any]]:
    """Return where people can be sent: the campaign's page, its gift form, each workshop."""
    slug, query = campaign.slug, f"?{urlencode({'amount': amount})}" if amount else ""
    home, give = reverse("campaign", args=[slug]), reverse("give", args=[slug])
    gift_frame = _frame(reverse("embed_give", args=[slug]), campaign, _FORM_HEIGHT, query)
    found = [
        _place(_("The campaign’s page"), home, "campaign", ""),
        _place(_("The form to give"), f"{give}{query}", "give", gift_frame),
    ]
    for workshop in campaign.workshops.visible().order_by("starts_at"):
        workshop.campaign = campaign
        path = reverse("workshop", args=[slug, workshop.slug])
        frame = reverse("embed_form", args=[slug, workshop.slug])
        code = _frame(frame, campaign, _FORM_HEIGHT, query)
        title = workshop.text("title", language())
        found.append(_place(title, f"{path}{query}", str(workshop.public_id), code))
    for one in found:
        code_url = reverse("campaign_qr", args=[campaign.public_id, one["key"]])
        one["qr_url"] = f"{code_url}{query}" if one["key"] != "campaign" else code_url
    return found


def _place(title: str, path: str, key: str, code: str) -> dict[str, Any]:
    shared = sharing.of_path(path)
    return {"title": title, "key": key, "code": code, "url": shared["share_url"], **shared}


def _frame(path: str, campaign: Campaign, height: int, query: str) -> str:
    """Return the HTML that another site puts on its page; nothing in it is a person's text."""
    joined = f"{query}&" if query else "?"
    address = f"{settings.SITE_URL}{path}{joined}language={language()}".replace("&", "&amp;")
    title = slugify(campaign.title) or campaign.slug
    return (
        f'<iframe src="{address}" title="{title}" width="100%" height="{height}" '
        'loading="lazy" style="border:0"></iframe>'
    )


@login_required
@require_safe
def campaign_qr(request: HttpRequest, public_id: UUID, place: str) -> HttpResponse:
    """The QR code of one of the links, as an SVG file to print."""
    campaign = access.campaign_for_member(request.user, public_id, access.MEMBERS)
    amount = _amount(request.GET.get("amount", "")[:20].strip(), campaign.currency) or ""
    found = {one["key"]: one for one in _places(campaign, amount)}.get(place)
    if found is None:
        raise Http404
    answer = HttpResponse(sharing.qr_file(found["url"]), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="{campaign.slug}-{place[:8]}.svg"'
    return answer
