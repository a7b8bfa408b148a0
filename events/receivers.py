"""What mail providers tell us (django-anymail's signal), handed on to the service."""

from __future__ import annotations

import json
import re
from typing import Any, Final
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.dispatch import receiver

from events.services.mails import problems
from events.states import ProblemKind
from fundraiser.core import clock

_KINDS: Final = {
    EventType.BOUNCED: ProblemKind.BOUNCED,
    EventType.REJECTED: ProblemKind.REJECTED,
    EventType.COMPLAINED: ProblemKind.COMPLAINED,
}
#: A mailbox that is full or busy now; every other bounce is for good
#: (anymail.dev/en/stable/sending/tracking, "reject_reason").
_FOR_NOW: Final = ("timed_out", "other", None)
_OUR_ID: Final = re.compile(r"\b([0-9a-f]{32})@")


@receiver(tracking, dispatch_uid="events.delivery_problems")
def _store(event: AnymailTrackingEvent, **_: Any) -> None:
    kind = _KINDS.get(event.event_type)
    if kind is None or not event.recipient:
        return
    message_id = _message_id(event)
    problems.record(
        event_id=event.event_id or f"{event.event_type}:{message_id or event.message_id}",
        kind=kind,
        email=event.recipient,
        permanent=kind != ProblemKind.BOUNCED or not _is_for_now(event),
        detail=" ".join(str(event.description or event.mta_response or "").split()),
        happened_at=event.timestamp or clock.now(),
        message_id=message_id,
    )


def _is_for_now(event: AnymailTrackingEvent) -> bool:
    """Whether a bounce says only that the mailbox is full or busy. Postmark: "SoftBounce"."""
    told = event.esp_event if isinstance(event.esp_event, dict) else {}
    return event.reject_reason in _FOR_NOW or told.get("Type") == "SoftBounce"


def _message_id(event: AnymailTrackingEvent) -> UUID | None:
    """Return the outbox row's Message-ID: told back as metadata, or wherever it is quoted.

    Providers rename what they send (event.message_id is theirs), but most quote our header.
    """
    told = str((event.metadata or {}).get("message", ""))
    if re.fullmatch(r"[0-9a-f]{32}", told):
        return UUID(told)
    quoted = _OUR_ID.search(f"{event.message_id} {json.dumps(event.esp_event, default=str)}")
    return UUID(quoted[1]) if quoted else None
