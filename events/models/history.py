"""What of these tables history keeps. No text of a person, no address, no link's version or hash.

Counters, leases and attempts are not there at all: they change without anybody's doing.
"""

from __future__ import annotations

from django.contrib.auth.models import User

from events.models.bookings import Booking, Registration
from events.models.campaigns import Campaign, CampaignAddress
from events.models.invitees import Invitee
from events.models.messages import DeliveryProblem
from events.models.notes import PersonNote
from events.models.referrals import Referral
from events.models.rooms import Host
from events.models.series import Series
from events.models.site_pages import SitePage
from events.models.teams import Invitation, Membership, Team
from events.models.texts import Announcement, MailText
from events.models.webhooks import WebhookEndpoint
from events.models.workshops import Workshop
from fundraiser.core.history import track


class Account(User):
    """An account, as history sees it: what it may do here, and that a key to it changed."""

    class Meta:
        proxy = True


track(Account, kept="is_active is_staff is_superuser", noticed="username email password")
track(
    Team,
    kept="slug state site_account_approved time_zone suspended_at",
    noticed="name reply_to suspension_reason",
)
track(Membership, kept="team user role wants_gift_mails wants_digest wants_attention_mails")
track(Invitation, kept="team role invited_by expires_at", noticed="email link_version")
track(
    Campaign,
    kept=(
        "team slug title charity_key charity_name charity_country charity_registration language "
        "currency goal_minor suggested_minor minimum_minor maximum_minor destination "
        "stripe_account claim_days fees_paid_by_organizer accent picture receipt_tax_country "
        "closes_at send_by state suspended_at test_mode"
    ),
    noticed=(
        "story organizer_name charity_site translations external_url picture_focus picture_alt "
        "receipt_tax_wording stage_version suspension_reason"
    ),
)
track(CampaignAddress, kept="slug campaign")
track(Series, kept="campaign slug title", noticed="description translations")
track(
    Workshop,
    kept=(
        "campaign series slug title starts_at time_zone duration_minutes capacity suggested_minor "
        "minimum_minor maximum_minor zero_allowed surplus_seats surplus_minimum_minor "
        "registration_opens_at registration_closes_at moderated asks_access_needs room_kind "
        "replay_for_gifts reminder_minutes waiting_list offer_minutes benefit_minor "
        "schedule_version state cancelled_at"
    ),
    noticed=(
        "summary description translations speakers captions accessibility join_url replay_url "
        "questions cancel_note"
    ),
)
track(
    Booking,
    kept=(
        "workshop state seats hold_expires_at offered_at awaits_approval approved_at declined_at "
        "extended_at moved_from confirmed_at"
    ),
    noticed="name email language time_zone wants_news decline_reason link_version",
)
track(
    Registration,
    kept="booking attended attendance_source marked_at",
    noticed="name email language time_zone answers wants_reminders wants_news link_version",
)
track(Invitee, kept="team unsubscribed_at", noticed="name email")
track(Referral, kept="campaign code author", noticed="label")
track(
    Host,
    kept="workshop wants_reminders",
    noticed="name email language time_zone link_version",
)
track(PersonNote, kept="registration author", noticed="text")
track(DeliveryProblem, kept="kind permanent forgiven_at")
track(SitePage, kept="kind language", noticed="body")
track(MailText, kept="workshop kind language", noticed="subject body")
track(Announcement, kept="workshop author audience queued_at", noticed="subject body")
track(
    WebhookEndpoint,
    kept="team kinds secret_version former_until stopped_at stopped_because removed_at",
    noticed="url",
)
