"""The mails about gifts shown by receipt, one of each situation."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from donations.models import Claim
from events.models import Booking, Message
from fundraiser.core import clock
from fundraiser.mail_kinds import MAIL_KINDS


def claim_mails(booking: Booking) -> dict[str, EmailMultiAlternatives | None]:
    """Return what is written about a gift with a seat, and about one without."""
    workshop = booking.workshop
    values: dict[str, Any] = {
        "campaign": workshop.campaign,
        "amount_minor": 2000,
        "currency": "USD",
        "name": booking.name,
        "email": booking.email,
        "language": booking.language,
        "decided_at": clock.now(),
        "answer": "C’est un chat.\nAlice",
    }

    def written(kind: str, state: str, **more: Any) -> EmailMultiAlternatives | None:
        numbers = {"visit": uuid.uuid4(), "nonce": uuid.uuid4()}
        claim = Claim.objects.create(**values, **numbers, state=state, **more)
        key = f"{kind}:{claim.pk}:{state}"
        message = Message(key=key, kind=kind, ids={"claim": claim.pk}, created_at=clock.now())
        made: EmailMultiAlternatives | None = import_string(MAIL_KINDS[kind].renderer)(message)
        return made

    return {
        "claim_received": written("claim_received", "shown", workshop=workshop),
        "claim_received_gift": written("claim_received", "shown"),
        "claim_answer": written("claim_answer", "accepted", workshop=workshop),
        "claim_answer_expired": written("claim_answer", "expired", workshop=workshop),
        "claim_answer_declined": written("claim_answer", "declined", workshop=workshop),
        "claim_answer_undone": written("claim_answer", "undone"),
    }
