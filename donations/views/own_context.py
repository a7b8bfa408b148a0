"""What a person's own pages show, for the views beside this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse

from donations.models import Donation
from donations.services import (
    cancellations,
    cancelling,
    late_choices,
    pages,
    refund_requests,
)
from donations.services.remitting import shares
from donations.states import DonationState
from donations.views import waiting
from donations.views.language import language
from donations.views.own_forms import AnswersForm, HandOverForm, MailsForm
from events.models import Booking, Registration
from events.services import access, asked, attendees, calendar
from events.services.mails.emails import absolute
from events.services.seating import seat_changes
from events.states import BookingState


@dataclass(frozen=True, slots=True)
class PersonCard:
    """One person of a booking, with the forms that may change it; None: not any more."""

    registration: Registration
    answers: forms.Form | None
    answers_url: str
    hand_over: forms.Form | None
    hand_over_url: str
    #: Where the payer gives this one seat of several back; empty: not that.
    give_back_url: str


@dataclass(frozen=True, slots=True)
class MoneyActions:
    """What the giver of one paid donation can do; an empty address: not that."""

    donation: Donation
    receipt_url: str
    mail_url: str
    ask_url: str
    leave_url: str


def booking_page(
    booking: Booking, token: str, *, bound: forms.Form | None = None
) -> dict[str, Any]:
    """Return what the payer's own page shows. ``bound``: the one form that was just sent."""
    donations = list(booking.donations.order_by("pk"))
    workshop = pages.workshop_page(booking.workshop, language())
    can_cancel = cancelling.can_end(booking)
    return {
        "booking": booking,
        "registrations": list(booking.registrations.order_by("position")),
        "workshop": workshop,
        "ended": how_it_ended(booking, donations),
        "campaign": pages.campaign_page(booking.workshop.campaign, language()),
        "accent_url": pages.accent_url(booking.workshop.campaign),
        "donations": donations,
        "form": bound,
        "people": _people(booking, token, bound),
        "mails_form": _sent(bound, MailsForm) or MailsForm(owner=booking),
        "mails_url": reverse("booking_mails", args=[token]),
        "money_actions": [_booking_money(one, token) for one in donations],
        "asked": [one for one in donations if one.refund_asked_at and one.net_minor > 0],
        "journeys": shares.journeys(donations),
        "give_url": _give_url(booking, token),
        "links_url": reverse("booking_links", args=[token]),
        "manage_url": reverse("booking", args=[token]),
        "calendar_url": reverse("booking_calendar", args=[token]),
        "join_url": _join_url(booking),
        "cancel_url": reverse("booking_cancel", args=[token]) if can_cancel else "",
        "can_ask_back": any(one.state == DonationState.PAID for one in donations),
        "attention": _choice(booking, token),
        "choice_url": _choice_url(booking, token),
        "moved_url": _moved_url(booking),
        "waiting": waiting.state(booking, token),
        **calendar.web_links(booking.workshop, language(), absolute(workshop.url)),
    }


def how_it_ended(booking: Booking, donations: list[Donation]) -> str:
    """Return what became of a cancelled booking.

    "given_back", "kept_as_gift", "refunded", "moved", or "left" of one that only waited.
    """
    if booking.state != BookingState.CANCELLED:
        return ""
    if Booking.objects.filter(moved_from=booking).exists():
        return "moved"
    if booking.confirmed_at is not None:
        return "given_back"
    paid = [one for one in donations if one.state == DonationState.PAID]
    if not paid:
        return "left" if waiting.only_waited(booking) and not donations else "given_back"
    return "kept_as_gift" if any(one.net_minor > 0 for one in paid) else "refunded"


def _join_url(booking: Booking) -> str:
    """Return the payer's own way into the room, if the first seat is still theirs."""
    first = booking.registrations.filter(position=1).first()
    if first is None or not seat_changes.can_change(booking):
        return ""
    first.booking = booking
    own = attendees.is_payer(first)
    return reverse("join", args=[access.registration_link(first)]) if own else ""


def _choice(booking: Booking, token: str) -> dict[str, Any] | None:
    """Return what the payer of late money can choose, if there is anything to choose."""
    waits = late_choices.pending_choice(booking)
    if waits is None:
        return None
    seat = reverse("booking_take_seat", args=[token]) if late_choices.has_seat(booking) else ""
    return {
        "amount": waits.amount,
        "seat_url": seat,
        "refund_url": reverse("booking_refund", args=[token]),
        "keep_url": reverse("booking_keep", args=[token]),
    }


def _choice_url(booking: Booking, token: str) -> str:
    """Return where the payer of a cancelled workshop chooses; empty: there is nothing to choose."""
    asked = cancellations.of_booking(booking) is not None
    return reverse("booking_choice", args=[token]) if asked else ""


def _moved_url(booking: Booking) -> str:
    """Return the page of the booking that this one became on another date."""
    moved = Booking.objects.filter(moved_from=booking).first()
    return reverse("booking", args=[access.booking_link(moved)]) if moved else ""


def _people(booking: Booking, token: str, bound: forms.Form | None) -> Sequence[PersonCard]:
    if not seat_changes.can_change(booking):
        return ()
    rows = list(booking.registrations.order_by("position"))
    for row in rows:
        row.booking = booking
    return [person_card(row, "booking", token, bound) for row in rows]


def person_card(
    registration: Registration, place: str, token: str, bound: forms.Form | None
) -> PersonCard:
    """Return one person's forms on a page ("booking" or "seat") whose link is ``token``."""
    asks = bool(asked.questions(registration.booking.workshop, language()))
    arguments = [token, registration.position] if place == "booking" else [token]
    options = {"registration": registration}
    one_of_several = place == "booking" and registration.booking.seats > 1
    answers = _sent(bound, AnswersForm, registration) or AnswersForm(**options)
    return PersonCard(
        registration=registration,
        answers=answers if asks else None,
        answers_url=reverse(f"{place}_answers", args=arguments),
        hand_over=_sent(bound, HandOverForm, registration) or HandOverForm(**options),
        hand_over_url=reverse(f"{place}_hand_over", args=arguments),
        give_back_url=reverse("booking_give_one_back", args=arguments) if one_of_several else "",
    )


def _sent(
    bound: forms.Form | None, kind: type[forms.Form], registration: Registration | None = None
) -> forms.Form | None:
    """Return the form that was sent if it is this one."""
    if not isinstance(bound, kind):
        return None
    of_person = registration is None or str(bound.prefix).endswith(f"-{registration.position}")
    return bound if of_person else None


def _booking_money(donation: Donation, token: str) -> MoneyActions:
    arguments = [token, donation.public_id]
    paid = donation.state == DonationState.PAID
    asks, waits = refund_requests.can_ask(donation), refund_requests.is_open(donation)
    return MoneyActions(
        donation=donation,
        receipt_url=reverse("booking_receipt", args=arguments) if paid else "",
        mail_url=reverse("booking_receipt_mail", args=arguments) if paid else "",
        ask_url=reverse("booking_ask_back", args=arguments) if asks else "",
        leave_url=reverse("booking_ask_back", args=arguments) if waits else "",
    )


def gift_money(donation: Donation, token: str) -> MoneyActions:
    """Return what the giver of a gift can do on its own page."""
    paid = donation.state == DonationState.PAID
    asks, waits = refund_requests.can_ask(donation), refund_requests.is_open(donation)
    return MoneyActions(
        donation=donation,
        receipt_url=reverse("gift_receipt", args=[token]) if paid else "",
        mail_url=reverse("gift_receipt_mail", args=[token]) if paid else "",
        ask_url=reverse("gift_ask_back", args=[token]) if asks else "",
        leave_url=reverse("gift_ask_back", args=[token]) if waits else "",
    )


def _give_url(booking: Booking, token: str) -> str:
    takes = pages.takes_gifts(booking.workshop.campaign)
    return reverse("booking_give", args=[token]) if takes else ""


def seat_page(
    registration: Registration, token: str, *, bound: forms.Form | None = None
) -> dict[str, Any]:
    """Return what the page of one person of a booking shows, who need not be its payer."""
    booking = registration.booking
    workshop = booking.workshop
    changes = seat_changes.can_change(booking)
    shown = pages.workshop_page(workshop, language())
    return {
        "booking": booking,
        "registration": registration,
        "registrations": [registration],
        "workshop": shown,
        "campaign": pages.campaign_page(workshop.campaign, language()),
        "accent_url": pages.accent_url(workshop.campaign),
        "form": bound,
        "people": [person_card(registration, "seat", token, bound)] if changes else [],
        "mails_form": _sent(bound, MailsForm) or MailsForm(owner=registration),
        "mails_url": reverse("seat_mails", args=[token]),
        "join_url": reverse("join", args=[access.registration_link(registration)]),
        "calendar_url": reverse("seat_calendar", args=[token]),
        **calendar.web_links(workshop, language(), absolute(shown.url)),
    }
