"""What stands in the addresses of the API and of its tokens, for the access matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from events.models import Registration, Workshop


def _campaign(workshop: Workshop) -> dict[str, str]:
    return {"campaign_id": str(workshop.campaign.public_id)}


def _workshop(workshop: Workshop) -> dict[str, str]:
    return {"workshop_id": str(workshop.public_id)}


def _registration(workshop: Workshop) -> dict[str, str]:
    found = Registration.objects.filter(booking__workshop=workshop).order_by("pk")[:1].get()
    return {"registration_id": str(found.public_id)}


def _donation(workshop: Workshop) -> dict[str, str]:
    found = workshop.campaign.donations.order_by("pk")[:1].get()
    return {"donation_id": str(found.public_id)}


def _export(workshop: Workshop) -> dict[str, str]:
    return {"export_id": str(workshop.campaign.exports.get().public_id)}


def _team(workshop: Workshop) -> dict[str, str]:
    return {"public_id": str(workshop.campaign.team.public_id)}


def _token(workshop: Workshop) -> dict[str, str]:
    token = workshop.campaign.team.api_tokens.get()
    return {**_team(workshop), "token_id": str(token.public_id)}


def _webhook(workshop: Workshop) -> dict[str, str]:
    endpoint = workshop.campaign.team.webhook_endpoints.get()
    return {**_team(workshop), "endpoint_id": str(endpoint.public_id)}


def _delivery(workshop: Workshop) -> dict[str, str]:
    delivery = workshop.campaign.team.webhook_endpoints.get().deliveries.get()
    return {**_webhook(workshop), "message_id": str(delivery.message_id)}


VALUES: Final[dict[str, Callable[[Workshop], dict[str, str]]]] = {
    **dict.fromkeys(("api_campaign", "api_campaign_totals"), _campaign),
    "api_workshop": _workshop,
    "api_registration": _registration,
    "api_donation": _donation,
    **dict.fromkeys(("api_export", "api_export_cancel", "api_export_file"), _export),
    "team_tokens": _team,
    "token_revoke": _token,
    "team_webhooks": _team,
    "webhook": _webhook,
    **{
        f"webhook_{verb}": _webhook
        for verb in ("remove", "replay_failed", "rotate", "start", "stop", "test")
    },
    "webhook_replay": _delivery,
}
