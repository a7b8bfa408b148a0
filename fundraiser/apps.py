"""The project as an application: its start-up checks."""

from __future__ import annotations

from django.apps import AppConfig


class FundraiserConfig(AppConfig):
    """Registers the checks that stop a contradictory configuration."""

    name = "fundraiser"
    label = "fundraiser"

    def ready(self) -> None:
        """Refuse to start on a contradiction, in every process, web server included."""
        from fundraiser.checks import refuse_contradictions  # noqa: PLC0415 -- needs settings

        refuse_contradictions()
