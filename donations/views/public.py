"""The pages that everybody may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.db.models import Q, Sum
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from donations.models import Claim, LedgerEntry
from donations.services import charts, pages, previews
from donations.services import home as home_cards
from donations.states import SourceType
from donations.views import shared
from donations.views.addresses import at_old_addresses
from donations.views.language import language
from events.models import Campaign
from events.services import access, access_campaigns, origins
from fundraiser.core.csv import safe_cell
from fundraiser.core.http import TellingError
from fundraiser.core.money import Money


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The campaigns of this site."""
    return shared.page(
        request,
        ("home", language()),
        lambda: render(request, "home.html", {"campaigns": home_cards.cards(language())}),
    )


@at_old_addresses
@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """A campaign: total, money line, workshops, wall. Its team sees it before it is public."""
    try:
        version = pages.campaign_version(slug)
    except TellingError:
        raise
    except Http404:
        return _draft(request, slug)

    def made() -> HttpResponse:
        found = access.campaign_for_visitor(slug, pages.read_at_once())
        context = pages.campaign_context(found, language())
        context |= {
            "chart": charts.of_page(found, context["total"]).public,
            "carried": origins.carried(request.GET),
        }
        return render(request, "campaigns/campaign.html", context)

    return shared.page(request, ("campaign", slug, version, language()), made)


def _draft(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft as it will be, with a line that says so, for its team alone; Http404 for others."""
    found = access_campaigns.draft_for_member(request.user, slug)
    context = pages.campaign_context(found, language())
    context |= previews.of_workshops(found, language())
    context |= {"is_draft": True, "back_url": reverse("organize_campaign", args=[found.public_id])}
    answer = render(request, "campaigns/campaign.html", context)
    add_never_cache_headers(answer)
    return answer


@at_old_addresses
@require_safe
def campaign_total(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of the campaign's page that updates by itself; 304 as long as nothing moved."""
    key = ("live", slug, pages.campaign_version(slug), language())

    def made() -> HttpResponse:
        found = access.campaign_for_visitor(slug, pages.read_at_once())
        context = pages.campaign_context(found, language())
        return render(request, "campaigns/_live.html", context)

    return shared.unless_same(request, key, lambda: shared.page(request, key, made))


@require_safe
def accent(request: HttpRequest, colour: str) -> HttpResponse:
    """One campaign's colour as a style sheet; the address is the content, so it never changes."""
    del request
    if not Campaign.objects.filter(accent=colour).exists():
        raise Http404
    response = HttpResponse(f":root{{--accent:#{colour}}}\n", content_type="text/css")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


_COLUMNS = ("time_utc", "what", "from", "to", "amount", "currency", "stripe_object")
_SAME = ("kind", "credit", "debit", "currency")


@at_old_addresses
@require_safe
def entries_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Every ledger row of a campaign, oldest first, without names.

    Rows of gifts whose amount is hidden come last, added up by what they are: nobody's amount is
    told, and the sums can be checked all the same.
    """
    del request
    found = access.campaign_for_visitor(slug)
    mark = "TEST-" if found.test_mode else ""
    response = StreamingHttpResponse(_entry_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{mark}{found.slug}-entries.csv"'
    return response


def _entry_lines(found: Campaign) -> Iterator[str]:
    yield _line(_COLUMNS)
    rows = LedgerEntry.objects.filter(campaign=found)
    claims = Claim.objects.filter(campaign=found, hide_amount=True)
    shown_elsewhere = [str(number) for number in claims.values_list("public_id", flat=True)]
    is_hidden = Q(donation__hide_amount=True) | Q(
        source_type=SourceType.CLAIM, source_id__in=shown_elsewhere
    )
    hidden = rows.filter(is_hidden)
    for entry in rows.exclude(is_hidden).order_by("id").iterator(2000):
        time = entry.occurred_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        amount = _amount(entry.amount_minor, entry.currency)
        yield _line((time, entry.kind, entry.credit, entry.debit, *amount, entry.source_id))
    for row in hidden.values(*_SAME).annotate(sum=Sum("amount_minor")).order_by(*_SAME):
        amount = _amount(int(row["sum"]), row["currency"])
        yield _line(("", row["kind"], row["credit"], row["debit"], *amount, ""))


def _amount(minor: int, currency: str) -> tuple[str, str]:
    return format(Money(minor, currency).major, "f"), currency


def _line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()
