"""What can be exported of people: who registered, who came, and what they were sent."""

from __future__ import annotations

from typing import Final

from donations.services.exports.columns import Column, Shape
from donations.services.exports.shared import (
    CAMPAIGN,
    OF_CAMPAIGN,
    WORKSHOP,
    Kind,
    moment_unless_carried,
    seat_moment,
)

_PEOPLE_ROWS: Final = (
    "events_registration registration "
    "JOIN events_booking booking ON booking.id = registration.booking_id "
    "JOIN events_workshop workshop ON workshop.id = booking.workshop_id "
    + OF_CAMPAIGN.format("workshop")
)
#: As events/services/attendees.py has it: the first seat is the payer's until it is handed over.
_IS_PAYER: Final = (
    "registration.position = 1 AND lower(coalesce(nullif(registration.email, ''), booking.email)) "
    "= lower(booking.email)"
)
_NAME: Final = (
    f"coalesce(nullif(registration.name, ''), CASE WHEN {_IS_PAYER} THEN booking.name END)"
)
_EMAIL: Final = (
    f"coalesce(nullif(registration.email, ''), CASE WHEN {_IS_PAYER} THEN booking.email END)"
)

REGISTRATIONS: Final = Kind(
    name="registrations",
    columns=(
        Column("registration", "registration.public_id"),
        Column("registered_at", moment_unless_carried("registration.created_at"), Shape.MOMENT),
        Column("confirmed_at", moment_unless_carried("booking.confirmed_at"), Shape.MOMENT),
        *CAMPAIGN,
        *WORKSHOP,
        Column("starts_at", "workshop.starts_at", Shape.MOMENT),
        Column("state", "booking.state"),
        Column("name", _NAME),
        Column("email", _EMAIL),
        Column("language", "coalesce(nullif(registration.language, ''), booking.language)"),
        Column("answers", "registration.answers::text"),
        Column("wants_news", "booking.wants_news", Shape.FLAG),
    ),
    rows=_PEOPLE_ROWS,
    order="registration.id",
    moment=seat_moment("registration.created_at"),
    workshop="booking.workshop_id",
    is_personal=True,
)

ATTENDANCE: Final = Kind(
    name="attendance",
    columns=(
        *CAMPAIGN,
        *WORKSHOP,
        Column("starts_at", "workshop.starts_at", Shape.MOMENT),
        Column("name", _NAME),
        Column("email", _EMAIL),
        Column("attended", "registration.attended", Shape.FLAG),
        Column("known_from", "registration.attendance_source"),
        Column("joined_at", "registration.joined_at", Shape.MOMENT),
    ),
    rows=f"{_PEOPLE_ROWS} AND booking.state = 'confirmed'",
    order="registration.id",
    moment="workshop.starts_at",
    workshop="booking.workshop_id",
    is_personal=True,
)

#: A mail says whose it is by a column, or by the number of the row that it tells of. Those of no
#: campaign (alarms, lost links) are in the whole site's file alone.
_MESSAGE_ROWS: Final = """events_message message
    LEFT JOIN events_registration registration ON registration.id = message.registration_id
    LEFT JOIN events_booking booking
      ON booking.id = coalesce(message.booking_id, registration.booking_id)
    LEFT JOIN donations_donation donation ON donation.id = (message.ids ->> 'donation')::bigint
    LEFT JOIN donations_claim claim ON claim.id = (message.ids ->> 'claim')::bigint
    LEFT JOIN events_listinvitation invitation
      ON invitation.id = (message.ids ->> 'list_invitation')::bigint
    LEFT JOIN donations_acknowledgement asked
      ON asked.id = (message.ids ->> 'acknowledgement')::bigint
    LEFT JOIN donations_remittance remittance ON remittance.id = asked.remittance_id
    LEFT JOIN events_workshop workshop ON workshop.id = coalesce(message.workshop_id,
      booking.workshop_id, donation.workshop_id, claim.workshop_id, invitation.workshop_id)
    LEFT JOIN events_campaign campaign ON campaign.id = coalesce(workshop.campaign_id,
      donation.campaign_id, claim.campaign_id, invitation.campaign_id, remittance.campaign_id,
      (message.ids ->> 'campaign')::bigint)
"""

MESSAGES: Final = Kind(
    name="messages",
    columns=(
        Column("due_at", "message.due_at", Shape.MOMENT),
        Column("sent_at", "message.sent_at", Shape.MOMENT),
        *CAMPAIGN,
        *WORKSHOP,
        Column("kind", "message.kind"),
        Column("state", "message.state"),
        Column("attempts", "message.attempts", Shape.INTEGER),
        Column("error", "message.error"),
        Column("message_id", "message.message_id"),
    ),
    rows=_MESSAGE_ROWS,
    order="message.id",
    moment="message.due_at",
    workshop="workshop.id",
)
