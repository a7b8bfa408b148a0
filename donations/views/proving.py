"""The step between the form and paying while many payments are declined.

The visitor's browser solves a small task by itself, or a mailed link goes on: for who has no
JavaScript, or a browser that cannot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations.services import pages
from donations.services.abuse import kept_forms, puzzles
from donations.services.checkout import Gift
from donations.views.language import language
from events.models import Campaign

#: Makes what a page shows of its campaign beside a form: only a refusal shows it again.
Context = Callable[[], dict[str, Any]]

#: The button that wants the mail, and where the two proofs stand in a form.
BY_MAIL: Final = "by_mail"
_SOLVED, _MAILED = "solved", "mailed"
#: Letters of a field's name; no text that a form asks for is fifty times as long.
_LONGEST: Final = 100


def step(
    request: HttpRequest, campaign: Campaign, gift: Gift, nonce: UUID, context: Context
) -> HttpResponse | None:
    """Return the page of the step, or None: it is not asked for, or done.

    ``nonce`` names the gift; a proof is good for nothing else.
    """
    if not puzzles.is_asked(campaign):
        return None
    typed = _typed(request)
    if puzzles.is_solved(typed.pop(_SOLVED, ""), nonce):
        return None
    if kept_forms.is_proof(typed.pop(_MAILED, ""), nonce):
        return None
    if BY_MAIL in typed:
        return mail(request, campaign, gift, nonce, context)
    asked = {"fields": typed, "path": request.path, "challenge": puzzles.challenge(nonce)}
    return render(request, "checkout/prove.html", {**context(), **asked}, status=428)


def mail(
    request: HttpRequest, campaign: Campaign, gift: Gift, nonce: UUID, context: Context
) -> HttpResponse:
    """Keep the form, mail the link that goes on with it, and say so."""
    apart = {_SOLVED, _MAILED, BY_MAIL}
    fields = {name: value for name, value in _typed(request).items() if name not in apart}
    kept_forms.keep(
        campaign=campaign, nonce=nonce, payer=gift.payer, path=request.path, fields=fields
    )
    return render(request, "checkout/proof_mailed.html", {**context(), "email": gift.payer.email})


def is_address_proven(request: HttpRequest, nonce: UUID) -> bool:
    """Whether the form came by the link that was mailed to its address, for this very gift."""
    return kept_forms.is_proof(request.POST.get(_MAILED, ""), nonce)


def _typed(request: HttpRequest) -> dict[str, str]:
    """Return a form that was found right, without what no field of ours can hold."""
    return {
        name: value
        for name, value in request.POST.dict().items()
        if "\x00" not in f"{name}{value}" and len(name) <= _LONGEST and len(value) <= _LONGEST * 50
    }


@never_cache
@require_safe
def finish_form(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mailed link: a button that sends the kept form on."""
    row = kept_forms.form_for_link(token)
    context = {
        "campaign": pages.campaign_page(row.campaign, language()),
        "accent_url": pages.accent_url(row.campaign),
        "path": row.path,
        "fields": {**row.fields, _MAILED: token},
    }
    return render(request, "checkout/finish.html", context)
