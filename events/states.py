"""The states of what events knows, and the ways between them."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CampaignState(TextChoices):
    """Where a campaign stands; its address stays as a record for ever."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    ARCHIVED = "archived"


#: A campaign that was public never becomes a draft again: its address is a record.
CAMPAIGN_TABLE: Final = {
    CampaignState.DRAFT: frozenset({CampaignState.PUBLISHED}),
    CampaignState.PUBLISHED: frozenset({CampaignState.CLOSED}),
    CampaignState.CLOSED: frozenset({CampaignState.PUBLISHED, CampaignState.ARCHIVED}),
    CampaignState.ARCHIVED: frozenset({CampaignState.CLOSED}),
}


class WorkshopState(TextChoices):
    """Where a workshop stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Destination(TextChoices):
    """Where a campaign's money lands (DESIGN.md, "Campaign")."""

    CHARITY = "charity"
    TEAM = "team"
    EXTERNAL = "external"


#: Stands where an account's id stands, for the site's own account by Stripe's test keys: so what
#: is kept, fetched and compared by account is never mixed with live money (docs/adr/0070).
TEST_ACCOUNT: Final = "test"


class Role(TextChoices):
    """What a member of a team may do."""

    OWNER = "owner"
    ORGANIZER = "organizer"
    VIEWER = "viewer"


class TeamState(TextChoices):
    """Whether a team may publish."""

    #: Opened by somebody where TEAM_OPENING is approval: it prepares, and publishes nothing yet.
    PENDING = "pending"
    ACTIVE = "active"


class PageKind(TextChoices):
    """The pages that every site has of its own."""

    PRIVACY = "privacy", _("Privacy")
    TERMS = "terms", _("Terms")
    IMPRINT = "imprint", _("Imprint")


class BookingState(TextChoices):
    """Where a booking stands."""

    WAITING = "waiting"
    HELD = "held"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NEEDS_ATTENTION = "needs_attention"


#: These bookings take seats.
SEAT_HOLDING: Final = (BookingState.HELD, BookingState.CONFIRMED)

#: Late money on a released or cancelled booking needs a person's choice, or a seat that is still
#: free; the choice (refund, or keep as a gift) ends the booking.
BOOKING_TABLE: Final = {
    BookingState.WAITING: frozenset(
        {BookingState.HELD, BookingState.EXPIRED, BookingState.CANCELLED}
    ),
    BookingState.HELD: frozenset(
        {BookingState.CONFIRMED, BookingState.EXPIRED, BookingState.CANCELLED}
    ),
    BookingState.CONFIRMED: frozenset({BookingState.CANCELLED}),
    BookingState.EXPIRED: frozenset({BookingState.CONFIRMED, BookingState.NEEDS_ATTENTION}),
    BookingState.CANCELLED: frozenset({BookingState.NEEDS_ATTENTION}),
    BookingState.NEEDS_ATTENTION: frozenset({BookingState.CONFIRMED, BookingState.CANCELLED}),
}


class MessageState(TextChoices):
    """Where a mail in the outbox stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    #: No longer due: rescheduled, cancelled, or past the workshop's start.
    DROPPED = "dropped"
    #: Over an hour late after an outage: an operator lets it go, or drops it.
    HELD = "held"
    SET_ASIDE = "set_aside"


class MailClass(TextChoices):
    """How a kind of mail ages, and whether it can be unsubscribed from."""

    #: Confirmations, receipts, refunds, cancellations: always go out.
    TRANSACTIONAL = "transactional"
    #: Held when over an hour late, dropped past the workshop's start; List-Unsubscribe.
    REMINDER = "reminder"
    #: Held when over an hour late; List-Unsubscribe.
    NEWS = "news"
    #: To the organizers and speakers themselves; each can be turned off.
    NOTICE = "notice"


class RoomKind(TextChoices):
    """How a workshop's room is made."""

    #: An address that the organizer pastes: Zoom, Meet, YouTube, any https address.
    ADDRESS = "address"
    #: A Jitsi room whose name nobody can guess.
    JITSI = "jitsi"
    #: A BigBlueButton meeting, created by its API.
    BIGBLUEBUTTON = "bigbluebutton"


class AttendanceSource(TextChoices):
    """From where it is known that somebody was there."""

    CLICK = "click"
    REPORT = "report"
    HAND = "hand"


class Audience(TextChoices):
    """To whom an organizer's own message goes."""

    EVERYBODY = "everybody"
    ATTENDED = "attended"
    ABSENT = "absent"
    WAITING = "waiting"
    #: Persons picked one by one, or by a filter, when it was written.
    CHOSEN = "chosen"


class ProblemKind(TextChoices):
    """What a mail provider tells of an address."""

    BOUNCED = "bounced"
    REJECTED = "rejected"
    COMPLAINED = "complained"


class WebhookState(TextChoices):
    """Where a delivery to a team's program stands."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    #: What it would tell of is not there any more, or not for this team.
    DROPPED = "dropped"
    #: Tried for days in vain, or its endpoint was stopped: a person may send it again.
    FAILED = "failed"


class StoppedBecause(TextChoices):
    """Why an endpoint is told nothing."""

    PERSON = "person"
    #: It failed for days.
    FAILING = "failing"
    #: It answered 410.
    GONE = "gone"
