"""The lower app: who organises what."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Teams, campaigns, workshops, bookings and the mails about them. Knows nothing of money."""

    name = "events"

    def ready(self) -> None:
        """Listen to what mail providers tell."""
        import_module("events.receivers")  # it reads models, which are not ready before
