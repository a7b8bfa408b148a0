"""What else the download of a person tells, beside what personal_data.py lists of each row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from donations.models import Acknowledgement, Donation, RemittanceShare
from events.models import Announcement, Booking, ListInvitation, Membership, Registration


def of_address(email: str) -> dict[str, Any]:
    """Return the accounts of an address, with their teams."""
    return {
        "accounts": [
            {
                "username": one.username,
                "name": one.get_full_name(),
                "joined_at": _time(one.date_joined),
                "last_login_at": _time(one.last_login),
                "teams": [
                    {"team": row.team.name, "role": row.role}
                    for row in Membership.objects.filter(user=one).select_related("team")
                ],
            }
            for one in User.objects.filter(email__iexact=email).order_by("pk")
        ]
    }


def of_booking(booking: Booking) -> dict[str, Any]:
    """Return what became of it on the way to a seat."""
    former = booking.moved_from
    return {
        "awaits_approval": booking.awaits_approval,
        "hold_expires_at": _time(booking.hold_expires_at),
        "offered_at": _time(booking.offered_at),
        "extended_at": _time(booking.extended_at),
        "moved_from": str(former.public_id) if former else None,
    }


def of_seat(seat: Registration) -> dict[str, Any]:
    """Return which mails it wants, and which it was chosen for."""
    return {
        "wants_news": seat.wants_news,
        "chosen_for": [
            {"subject": one.subject, "body": one.body, "created_at": _time(one.created_at)}
            for one in Announcement.objects.filter(chosen=seat).order_by("pk")
        ],
    }


def of_donation(donation: Donation) -> dict[str, Any]:
    """Return what was seen of the payment, and in which transfers it went to the charity."""
    shares: Iterable[RemittanceShare] = donation.shares.select_related("remittance")
    return {
        "decline_code": donation.decline_code,
        "looked_at_because": donation.quarantine,
        "stripe": {"payment": donation.payment_intent_id, "charge": donation.charge_id},
        "seat_kept_at": _time(donation.seat_kept_at),
        "transfers": [
            {"sent_on": one.remittance.sent_on.isoformat(), "amount_minor": one.amount_minor}
            for one in sorted(shares, key=lambda one: one.pk)
        ],
    }


def of_list_invitation(invitation: ListInvitation) -> dict[str, Any]:
    """Return one invitation that came by a list of addresses."""
    return {
        "team": invitation.invitee.team.name,
        "campaign": invitation.campaign.title,
        "name": invitation.invitee.name,
        "words": invitation.words,
        "language": invitation.language,
        "created_at": _time(invitation.created_at),
        "unsubscribed_at": _time(invitation.invitee.unsubscribed_at),
    }


def of_acknowledgement(asked: Acknowledgement) -> dict[str, Any]:
    """Return what an officer of a charity was asked, and said."""
    return {
        "charity": asked.remittance.campaign.charity_name,
        "campaign": asked.remittance.campaign.title,
        "language": asked.language,
        "asked_at": _time(asked.asked_at),
        "acknowledged_at": _time(asked.acknowledged_at),
        "received_minor": asked.received_minor,
        "received_on": asked.received_on.isoformat() if asked.received_on else None,
        "currency": asked.remittance.currency,
        "name": asked.officer_name,
        "role": asked.officer_role,
        "shows_name": asked.shows_name,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
