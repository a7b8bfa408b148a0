"""The lower app: who organises what."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fundraiser.core import names


class EventsConfig(AppConfig):
    """Teams, campaigns, workshops, bookings and the mails about them. Knows nothing of money."""

    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Name what the admin shows; listen to what mail providers tell."""
        names.translate(self.get_models())
        import_module("events.receivers")  # it reads models, which are not ready before
