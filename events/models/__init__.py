"""Who organises what, and who comes."""

from events.models.bookings import Booking, Registration
from events.models.campaigns import Campaign
from events.models.messages import Message
from events.models.teams import Membership, Team
from events.models.workshops import Workshop

__all__ = ["Booking", "Campaign", "Membership", "Message", "Registration", "Team", "Workshop"]
