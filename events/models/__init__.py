"""Who organises what, and who comes."""

from importlib import import_module

from events.models.bookings import Booking, Registration
from events.models.campaigns import Campaign, CampaignAddress
from events.models.counted_mails import CountedMail
from events.models.invitees import Invitee, ListInvitation
from events.models.messages import DeliveryProblem, Message
from events.models.moments import SharedMoment
from events.models.notes import PersonNote
from events.models.people import Erasure, Person
from events.models.referrals import Referral
from events.models.rooms import Device, Host
from events.models.series import Series
from events.models.site_pages import SitePage
from events.models.teams import Invitation, Membership, Team
from events.models.texts import Announcement, MailText
from events.models.webhooks import WebhookDelivery, WebhookEndpoint
from events.models.workshops import Workshop

import_module("events.models.history")  # it adds a table beside each tracked one

__all__ = [
    "Announcement",
    "Booking",
    "Campaign",
    "CampaignAddress",
    "CountedMail",
    "DeliveryProblem",
    "Device",
    "Erasure",
    "Host",
    "Invitation",
    "Invitee",
    "ListInvitation",
    "MailText",
    "Membership",
    "Message",
    "Person",
    "PersonNote",
    "Referral",
    "Registration",
    "Series",
    "SharedMoment",
    "SitePage",
    "Team",
    "WebhookDelivery",
    "WebhookEndpoint",
    "Workshop",
]
