"""What organizers call the kinds of mails, and when each goes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Message
from events.services.mails import texts

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
    "confirm_address": (_("Confirm the address"), _("As soon as somebody takes a free seat")),
    "gift_thanks": (_("Thanks for a gift"), ""),
    "processing": (_("Payment on its way"), _("When a bank sends the money, which takes days")),
    "payment_failed": (_("Payment failed"), _("When a bank does not send the money")),
    "payment_problem": (_("Payment problem"), _("When money comes after the seat was released")),
    "refund": (_("Refund"), _("When money goes back")),
    "seat_given_back": (_("Seat given back"), _("When somebody gives a seat back")),
    "seat_handed_over": (
        _("Seat handed over"),
        _("When a seat is handed over: to who had it"),
    ),
    "waiting_joined": (_("On the waiting list"), _("When somebody joins the waiting list")),
    "request_received": (
        _("Request received"),
        _("When somebody asks to come, where you decide who does"),
    ),
    "request_declined": (_("Request declined"), _("When you say no to somebody who asked to come")),
    "fresh_link": (_("A fresh link"), _("When a link was used at two places")),
    "finish_form": (_("Form to go on with"), ""),
    "links": (_("Lost links"), ""),
    "receipt": (_("Receipt"), _("When somebody asks for it")),
    "refund_answer": (_("Answer about a refund"), _("When you leave it as a gift")),
    "host_link": (_("Speaker’s link"), _("When you add a speaker, or send a new link")),
    "host_reminder": (_("Speaker’s reminder"), _("At the times of the reminders")),
    "host_changed": (_("Change of time"), _("When you move the workshop: to each speaker")),
    "host_cancelled": (_("Cancellation"), _("When you cancel the workshop: to each speaker")),
}

#: The kinds that can be written in own words, as the page of a workshop's mails shows them.
GROUPS: Final[list[tuple[str | Promise, list[str]]]] = [
    (
        _("Seat and workshop"),
        [
            "confirm_address",
            "confirmation",
            "reminder",
            "changed",
            "cancelled",
            "thank_you",
            "replay",
            "seat_given_back",
            "seat_handed_over",
            "fresh_link",
        ],
    ),
    (
        _("Waiting list"),
        ["waiting_joined", "waiting_offer", "request_received", "request_declined"],
    ),
    (
        pgettext_lazy("group of mails", "Money"),
        ["receipt", "processing", "payment_failed", "payment_problem", "refund", "refund_answer"],
    ),
    (_("Speakers"), ["host_link", "host_reminder", "host_changed", "host_cancelled"]),
]


def label(kind: str) -> str:
    """Return the kind's name in the active language."""
    return str(LABELS[kind][0]) if kind in LABELS else kind


def occasion(kind: str) -> str:
    """Return when a mail of this kind goes out, in the active language."""
    return str(LABELS[kind][1]) if kind in LABELS else ""


#: The mails whose moment is that of the seat: beside the moments of gifts it tells who gave.
_AT_THE_SEAT: Final = frozenset({"confirmation"})


def shown(mail: Message, *, hides_carried: bool = False) -> dict[str, Any]:
    """Return a mail as the pages show it (templates/organize/_mail_state.html).

    ``hides_carried``: without the moment at which its person got the seat.
    """
    return {
        "is_timeless": hides_carried and mail.kind in _AT_THE_SEAT,
        "label": label(mail.kind),
        "state": mail.state,
        "sent_at": mail.sent_at,
        "due_at": mail.due_at,
        "error": mail.error,
    }


def placeholders(names: Sequence[str] = texts.PLACEHOLDERS) -> list[tuple[str, str]]:
    """Return each placeholder as it is written, and what stands there in the mail."""
    meanings = {
        "name": _("the person’s name"),
        "workshop": _("the workshop’s title"),
        "when": _("when it starts, in the person’s own time zone"),
        "charity": _("the charity"),
        "organizer": _("you, as the campaign names you"),
        "total": _("what the campaign has raised so far"),
        "amount": _("the amount that the mail is about"),
        "link": _("the mail’s link (its button stays, even if you leave this out)"),
    }
    return [(f"{{{name}}}", str(meanings[name])) for name in names]
