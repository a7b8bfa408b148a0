"""The upper app: money asked, received, refunded, totalled and sent on."""

from __future__ import annotations

from django.apps import AppConfig


class DonationsConfig(AppConfig):
    """Money, and every page or service that needs both money and events."""

    name = "donations"
