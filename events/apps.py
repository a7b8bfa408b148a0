"""The lower app: who organises what."""

from __future__ import annotations

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Teams, campaigns, workshops, bookings and the mails about them. Knows nothing of money."""

    name = "events"
