"""The upper app: money asked, received, refunded, totalled and sent on."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from fundraiser.core import names


class DonationsConfig(AppConfig):
    """Money, and every page or service that needs both money and events."""

    name = "donations"
    verbose_name = _("Donations")

    def ready(self) -> None:
        """Name what the admin shows."""
        names.translate(self.get_models())
