"""Mails about money. None: no longer due."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from donations.models import Donation, LedgerEntry
from donations.services import organizer_refunds, pages
from donations.services.links import gift_link, retry_page
from donations.services.mails import composing
from donations.states import DonationState
from events.models import Message
from events.services import attendees, calendar
from events.services.attendees import Attendee
from events.services.mails import texts
from events.services.mails.emails import absolute, compose, manage_url
from events.states import BookingState
from fundraiser.core.money import Money


def donation_of(message: Message) -> Donation:
    """Return the donation that a mail is about, with what its texts name."""
    rows = Donation.objects.select_related(
        "campaign__team", "workshop__campaign__team", "booking__workshop__campaign__team"
    )
    return rows.get(pk=message.ids["donation"])


def _own_page(donation: Donation) -> str:
    if donation.booking is not None:
        return manage_url(donation.booking)
    return absolute(reverse("gift", args=[gift_link(donation)]))


def _giver(donation: Donation) -> Attendee:
    """Return who gave: their name as they gave it here, or where they took the seat."""
    booking = donation.booking
    return Attendee(
        name=donation.name or (booking.name if booking else ""),
        email=donation.email,
        language=donation.language,
        time_zone=booking.time_zone if booking else "",
    )


def _context(donation: Donation) -> dict[str, Any]:
    workshop = donation.seat_workshop
    return {
        "donation": donation,
        "booking": donation.booking,
        "name": _giver(donation).name,
        "campaign": pages.campaign_page(donation.campaign, donation.language),
        "workshop": pages.workshop_page(workshop, donation.language) if workshop else None,
        "organizer": donation.campaign.organizer_name,
        "manage_url": _own_page(donation),
    }


def _own_words(kind: str, donation: Donation, *, link: str, amount: Money) -> texts.OwnWords | None:
    """Return the organizer's words of the workshop where there is a seat; None: ours are used."""
    if (workshop := donation.seat_workshop) is None:
        return None
    values = composing.placeholders(workshop, _giver(donation), link)
    values[texts.AMOUNT] = amount.format(donation.language)
    return texts.own_words(workshop, kind, donation.language, values)


def compose_for(
    kind: str, donation: Donation, *, link: str = "", amount: Money | None = None, **more: Any
) -> EmailMultiAlternatives:
    """Return a mail of templates/emails/<kind>/ to a donation's giver, with ``more`` context.

    ``link`` is its button (the giver's own page), ``amount`` what it is about (what was given).
    """
    link, amount = link or _own_page(donation), amount or donation.amount
    with translation.override(donation.language):
        context = {**_context(donation), "link": link, "amount": amount, **more}
    return compose(
        kind,
        to=donation.email,
        language=donation.language,
        reply_to=donation.campaign.team.reply_to,
        context=context,
        own_words=_own_words(kind, donation, link=link, amount=amount),
    )


def gift_thanks(message: Message) -> EmailMultiAlternatives | None:
    """Thanks for a gift without a seat; not due when nothing is left of it."""
    donation = donation_of(message)
    return compose_for("gift_thanks", donation) if donation.net_minor > 0 else None


def processing(message: Message) -> EmailMultiAlternatives | None:
    """A bank debit is on its way; not due once it has arrived or failed."""
    donation = donation_of(message)
    if donation.state != DonationState.PROCESSING:
        return None
    return compose_for("processing", donation)


def payment_failed(message: Message) -> EmailMultiAlternatives | None:
    """The bank refused a debit; a seat that was confirmed leaves the giver's calendar."""
    donation = donation_of(message)
    if donation.state != DonationState.FAILED:
        return None
    letter = payment_failed_mail(donation)
    booking = donation.booking
    if booking and booking.confirmed_at and booking.state == BookingState.CANCELLED:
        person = attendees.payer(booking)
        file = calendar.cancellation(booking.workshop, person, at=message.created_at)
        composing.attach_calendar(letter, "CANCEL", file)
    return letter


def payment_failed_mail(donation: Donation) -> EmailMultiAlternatives:
    """Return the mail about a debit that the bank refused; its button leads to paying again."""
    return compose_for("payment_failed", donation, link=absolute(retry_page(donation)))


def payment_problem(message: Message) -> EmailMultiAlternatives | None:
    """Late money without a seat: refund, or keep as a gift; not due once chosen."""
    donation = donation_of(message)
    if donation.booking is None or donation.booking.state != BookingState.NEEDS_ATTENTION:
        return None
    return compose_for("payment_problem", donation)


def refund(message: Message) -> EmailMultiAlternatives | None:
    """Money was given back."""
    donation = donation_of(message)
    entry = LedgerEntry.objects.get(pk=message.ids["entry"])
    amount = Money(entry.amount_minor, entry.currency)
    reason = organizer_refunds.reason_of(entry)
    return compose_for("refund", donation, amount=amount, reason=reason)
