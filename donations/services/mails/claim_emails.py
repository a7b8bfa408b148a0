"""Mails about gifts that were given elsewhere and shown by receipt. None: no longer due."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from donations.models import Claim
from donations.services import pages
from donations.services.declaring.claim_links import claim_link
from donations.states import ClaimState
from events.models import Message
from events.services.mails.emails import absolute, compose
from events.states import BookingState


def _claim(message: Message) -> Claim | None:
    """Return the claim that a mail is about; None where its giver is nobody any more."""
    rows = Claim.objects.select_related("campaign__team", "workshop__campaign", "booking")
    found = rows.get(pk=message.ids["claim"])
    return found if found.email else None


def _compose(kind: str, claim: Claim, **more: Any) -> EmailMultiAlternatives:
    language, workshop, booking = claim.language, claim.workshop, claim.booking
    with translation.override(language):
        context = {
            "claim": claim,
            "name": claim.name,
            "amount": claim.amount,
            "campaign": pages.campaign_page(claim.campaign, language),
            "workshop": pages.workshop_page(workshop, language) if workshop else None,
            "organizer": claim.campaign.organizer_name,
            "link": absolute(reverse("claim", args=[claim_link(claim)])),
            "own_zone": booking.time_zone if booking else "",
            "has_seat": booking is not None and booking.state == BookingState.CONFIRMED,
            **more,
        }
    return compose(
        kind,
        to=claim.email,
        language=language,
        reply_to=claim.campaign.team.reply_to,
        context=context,
    )


def claim_received(message: Message) -> EmailMultiAlternatives | None:
    """We have the receipt; not due once the giver took it back."""
    claim = _claim(message)
    if claim is None or claim.state == ClaimState.WITHDRAWN:
        return None
    return _compose("claim_received", claim)


def claim_answer(message: Message) -> EmailMultiAlternatives | None:
    """What became of it: accepted, not accepted, taken back, or not looked at in time.

    Not due once something else has become of it meanwhile: that has a mail of its own.
    """
    claim = _claim(message)
    if claim is None or not message.key.endswith(f":{claim.state}"):
        return None
    return _compose("claim_answer", claim, answer=claim.answer)
