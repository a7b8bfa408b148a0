"""The project as an application: its start-up checks, and its processes' heartbeats."""

from __future__ import annotations

from django.apps import AppConfig


class FundraiserConfig(AppConfig):
    """Stops a contradictory configuration; lets worker and beat say that they live."""

    name = "fundraiser"
    label = "fundraiser"

    def ready(self) -> None:
        """Refuse to start on a contradiction, in every process, web server included."""
        from fundraiser import heartbeat  # noqa: F401, PLC0415 -- listens to Celery's signals
        from fundraiser.checks import refuse_contradictions  # noqa: PLC0415 -- needs settings

        refuse_contradictions()
