"""Everything that stands here about one address, to be downloaded (GDPR, articles 15 and 20)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from donations.models import CarriedSeat, Claim, Donation
from donations.services.abuse import kept_forms
from donations.services.declaring import receipt_files
from donations.services.papers import receipts
from donations.services.person import own_records, particulars
from events.models import (
    Booking,
    DeliveryProblem,
    Host,
    Message,
    Person,
    Registration,
    Workshop,
)
from events.services import list_invitations
from fundraiser.core import clock


def of_person(person: Person) -> dict[str, Any]:
    """Return all of it as JSON values: amounts in minor units, times in ISO 8601, UTC."""
    email = person.email
    bookings = list(own_records.bookings_of(email))
    seats = list(own_records.registrations_of(email))
    donations = list(own_records.donations_of(email))
    problems = DeliveryProblem.objects.filter(email__iexact=email).order_by("pk")
    return {
        "made_at": _time(clock.now()),
        "email": email,
        "language": person.language,
        "links_asked_at": _time(person.links_asked_at),
        **particulars.of_address(email),
        "bookings": [_booking(one) for one in bookings],
        "seats": [_seat(one) for one in seats],
        "speaks_at": [_host(one) for one in own_records.hosts_of(email)],
        "invitations": [
            {"team": one.team.name, "role": one.role, "created_at": _time(one.created_at)}
            for one in own_records.invitations_of(email)
        ],
        "donations": [_donation(one) for one in donations],
        "list_invitations": [
            particulars.of_list_invitation(one)
            for invitee in list_invitations.of_address(email)
            for one in invitee.invitations.all()
        ],
        "acknowledgements": [
            particulars.of_acknowledgement(one) for one in own_records.acknowledgements_of(email)
        ],
        "gifts_shown_by_receipt": [_claim(one) for one in own_records.claims_of(email)],
        "forms_kept": [
            {"fields": one.fields, "created_at": _time(one.created_at)}
            for one in kept_forms.of_address(email)
        ],
        "mails": _mails(messages_of(person, bookings, seats, donations)),
        "delivery_problems": [
            {"kind": one.kind, "happened_at": _time(one.happened_at), "detail": one.detail}
            for one in problems
        ],
    }


def messages_of(
    person: Person,
    bookings: Iterable[Booking],
    seats: Iterable[Registration],
    donations: Iterable[Donation],
) -> list[Message]:
    """Return every mail that was or will be written to the owner of these rows."""
    hosts = [one.pk for one in own_records.hosts_of(person.email)]
    invited = [one.pk for one in own_records.invitations_of(person.email)]
    asked = [one.pk for one in own_records.acknowledgements_of(person.email)]
    listed = [
        one.pk for who in list_invitations.of_address(person.email) for one in who.invitations.all()
    ]
    own = (
        Q(booking__in=[one.pk for one in bookings], registration=None)
        | Q(registration__in=[one.pk for one in seats])
        | Q(ids__donation__in=[one.pk for one in donations])
        | Q(ids__claim__in=list(own_records.claims_of(person.email).values_list("pk", flat=True)))
        | Q(ids__person=person.pk)
        | Q(ids__acknowledgement__in=asked)
        | Q(kind__startswith="host_", ids__host__in=hosts)
        | Q(kind="invitation", ids__invitation__in=invited)
        | Q(kind="list_invitation", ids__list_invitation__in=listed)
    )
    former = Q(ids__email__iexact=person.email)  # whose seat went to others, until it has left
    rows = Message.objects.filter((own & ~Q(kind__in=_TO_OTHERS)) | former)
    return list(rows.order_by("created_at", "pk"))


#: To who held a seat before: that address stands nowhere but in the mail's own row.
_TO_FORMER_HOLDER = "seat_handed_over"
#: These are about the same rows, and go to those who organise, or to a seat's former holder.
_TO_OTHERS = (
    "new_gift",
    "attention",
    "digest",
    "acknowledged",
    "overdue",
    "update_prompt",
    "webhook_stopped",
    _TO_FORMER_HOLDER,
)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _workshop(workshop: Workshop) -> dict[str, Any]:
    return {
        "title": workshop.title,
        "starts_at": _time(workshop.starts_at),
        "campaign": workshop.campaign.title,
    }


def _booking(booking: Booking) -> dict[str, Any]:
    return {
        "id": str(booking.public_id),
        "workshop": _workshop(booking.workshop),
        "state": booking.state,
        "seats": booking.seats,
        "name": booking.name,
        "language": booking.language,
        "time_zone": booking.time_zone,
        "wants_news": booking.wants_news,
        "created_at": _time(booking.created_at),
        "approved_at": _time(booking.approved_at),
        "declined_at": _time(booking.declined_at),
        "decline_reason": booking.decline_reason,
        "confirmed_at": _time(booking.confirmed_at),
        "choices": [
            {"choice": one.choice, "chosen_at": _time(one.chosen_at)}
            for one in booking.cancellation_choices.order_by("pk")
        ],
        "came_by": _came_by(booking),
        **particulars.of_booking(booking),
        "carried_by_others": CarriedSeat.objects.filter(booking=booking).exists(),
    }


def _seat(seat: Registration) -> dict[str, Any]:
    return {
        "id": str(seat.public_id),
        "booking": str(seat.booking.public_id),
        "workshop": _workshop(seat.booking.workshop),
        "position": seat.position,
        "name": seat.name,
        "language": seat.speaks,
        "time_zone": seat.lives_in,
        "answers": seat.answers,
        "wants_reminders": seat.wants_reminders,
        **particulars.of_seat(seat),
        "attended": seat.attended,
        "attendance_source": seat.attendance_source,
        "joined_at": _time(seat.joined_at),
        "created_at": _time(seat.created_at),
        "marked_at": _time(seat.marked_at),
        "notes": [
            {"text": one.text, "written_at": _time(one.created_at)}
            for one in seat.notes.order_by("pk")
        ],
        "devices": [
            {"first_seen_at": _time(one.first_seen_at), "last_seen_at": _time(one.last_seen_at)}
            for one in seat.devices.order_by("pk")
        ],
    }


def _came_by(row: Donation | Booking) -> dict[str, Any]:
    return {
        "link": row.referral.code if row.referral else None,
        "invitation": str(row.invitation.public_id) if row.invitation else None,
        **row.utm,
    }


def _host(host: Host) -> dict[str, Any]:
    return {
        "id": str(host.public_id),
        "workshop": _workshop(host.workshop),
        "name": host.name,
        "language": host.language,
        "time_zone": host.time_zone,
        "wants_reminders": host.wants_reminders,
        "created_at": _time(host.created_at),
    }


def _donation(donation: Donation) -> dict[str, Any]:
    return {
        "number": receipts.number(donation),
        "id": str(donation.public_id),
        "campaign": donation.campaign.title,
        "charity": donation.campaign.charity_name,
        "workshop": donation.workshop.title if donation.workshop else None,
        "purpose": donation.purpose,
        "state": donation.state,
        "currency": donation.currency,
        "amount_minor": donation.amount_minor,
        "fee_cover_minor": donation.fee_cover_minor,
        "given_back_minor": donation.refunded.minor,
        "name": donation.name,
        "message": donation.message,
        "hide_name": donation.hide_name,
        "hide_amount": donation.hide_amount,
        "wants_news": donation.wants_news,
        "language": donation.language,
        "created_at": _time(donation.created_at),
        "paid_at": _time(donation.paid_at),
        "refund_asked_at": _time(donation.refund_asked_at),
        "refund_declined_at": _time(donation.refund_declined_at),
        "refund_answer": donation.refund_answer,
        **particulars.of_donation(donation),
        "came_by": _came_by(donation),
        "refunds_ordered": _orders(donation),
        "movements": [
            {
                "kind": one.kind,
                "amount_minor": one.amount_minor,
                "occurred_at": _time(one.occurred_at),
            }
            for one in donation.entries.order_by("pk")
        ],
    }


def _orders(donation: Donation) -> list[dict[str, Any]]:
    return [
        {
            "amount_minor": one.amount_minor,
            "reason": one.reason,
            "created_at": _time(one.created_at),
        }
        for one in donation.refund_orders.order_by("pk")
    ]


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "id": str(claim.public_id),
        "campaign": claim.campaign.title,
        "charity": claim.campaign.charity_name,
        "workshop": claim.workshop.title if claim.workshop else None,
        "state": claim.state,
        "currency": claim.currency,
        "amount_minor": claim.amount_minor,
        "reference": claim.reference,
        "receipt": receipt_files.as_text(str(claim.file.name or "")),
        "name": claim.name,
        "message": claim.message,
        "hide_name": claim.hide_name,
        "hide_amount": claim.hide_amount,
        "language": claim.language,
        "answer": claim.answer,
        "created_at": _time(claim.created_at),
        "decided_at": _time(claim.decided_at),
    }


def _mails(messages: Iterable[Message]) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind,
            "state": one.state,
            "queued_at": _time(one.created_at),
            "sent_at": _time(one.sent_at),
        }
        for one in messages
    ]
