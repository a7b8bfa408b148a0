"""What organizers call the kinds of mails, and when each goes out."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import Message
from events.services.mails.texts import PLACEHOLDERS

#: Kind -> (its name, when it goes out), for every kind of fundraiser/mail_kinds.py that a person
#: of a workshop, or a host, can get.
LABELS: Final[dict[str, tuple[str | Promise, str | Promise]]] = {
    "confirmation": (_("Confirmation"), _("As soon as the seat is confirmed")),
    "reminder": (_("Reminder"), _("Before the workshop, as often as you like")),
    "changed": (_("Change of time"), _("When you move the workshop")),
    "cancelled": (_("Cancellation"), _("When you cancel the workshop")),
    "waiting_offer": (_("Offer of a seat"), _("When a seat is free for somebody who waits")),
    "thank_you": (_("Thanks"), _("After the workshop, with the total reached")),
    "replay": (_("Replay"), _("Once the recording is there")),
    "announcement": (_("Your own message"), ""),
    "confirm_address": (_("Confirm the address"), ""),
    "gift_thanks": (_("Thanks for a gift"), ""),
    "processing": (_("Payment on its way"), ""),
    "payment_failed": (_("Payment failed"), ""),
    "payment_problem": (_("Payment problem"), ""),
    "refund": (_("Refund"), ""),
    "seat_given_back": (_("Seat given back"), ""),
    "seat_handed_over": (_("Seat handed over"), ""),
    "waiting_joined": (_("On the waiting list"), ""),
    "fresh_link": (_("A fresh link"), ""),
    "links": (_("Lost links"), ""),
    "receipt": (_("Receipt"), ""),
    "refund_answer": (_("Answer about a refund"), ""),
    "host_link": (_("Speaker’s link"), ""),
    "host_reminder": (_("Speaker’s reminder"), ""),
    "host_changed": (_("Change of time"), ""),
    "host_cancelled": (_("Cancellation"), ""),
}


def label(kind: str) -> str:
    """Return the kind's name in the active language."""
    return str(LABELS[kind][0]) if kind in LABELS else kind


def occasion(kind: str) -> str:
    """Return when a mail of this kind goes out, in the active language."""
    return str(LABELS[kind][1]) if kind in LABELS else ""


def shown(mail: Message) -> dict[str, Any]:
    """Return a mail as the pages show it (templates/organize/_mail_state.html)."""
    return {
        "label": label(mail.kind),
        "state": mail.state,
        "sent_at": mail.sent_at,
        "due_at": mail.due_at,
        "error": mail.error,
    }


def placeholders() -> list[tuple[str, str]]:
    """Return each placeholder as it is written, and what stands there in the mail."""
    meanings = {
        "name": _("the person’s name"),
        "workshop": _("the workshop’s title"),
        "when": _("when it starts, in the person’s own time zone"),
        "charity": _("the charity"),
        "organizer": _("you, as the campaign names you"),
        "total": _("what the campaign has raised so far"),
        "link": _("the mail’s link (its button stays, even if you leave this out)"),
    }
    return [(f"{{{name}}}", str(meanings[name])) for name in PLACEHOLDERS]
