"""A team's endpoints: added, tested, given a new secret, stopped, begun again, removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404

from events.models import Membership, Team, WebhookDelivery, WebhookEndpoint
from events.services.mails import outbox as mails
from events.services.webhooks import addresses, signing
from events.services.webhooks.kinds import KINDS
from events.states import Role, StoppedBecause, WebhookState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

#: Each event is one request for each of them.
MOST: Final = 10
_LEAVING: Final = (WebhookState.QUEUED, WebhookState.SENDING)


class TooManyError(ServiceError):
    """The team has MOST endpoints."""

    code: ClassVar[str] = "too_many"


def of_team(team: Team) -> QuerySet[WebhookEndpoint]:
    """Return a team's endpoints, the oldest first."""
    return WebhookEndpoint.objects.filter(team=team, removed_at=None).order_by("pk")


def endpoint_of(team: Team, public_id: UUID) -> WebhookEndpoint:
    """Return one of a team's endpoints; Http404 for another team's, and for one removed."""
    return get_object_or_404(of_team(team).select_related("team"), public_id=public_id)


def add(*, team: Team, url: str, kinds: Sequence[str]) -> tuple[str, WebhookEndpoint]:
    """Add an endpoint and return its secret with its row.

    Raises AddressRefusedError, TooManyError.
    """
    addresses.split(url)
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        if of_team(team).count() >= MOST:
            raise TooManyError(str(team.pk))
        row = WebhookEndpoint.objects.create(
            team=team,
            url=url,
            kinds=[one for one in KINDS if one in kinds],
            created_at=clock.now(),
        )
    return signing.secret_of(row), row


def rotate(endpoint: WebhookEndpoint) -> str:
    """Give an endpoint a new secret and return it; the one before signs along for a day."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        secret_version=F("secret_version") + 1, former_until=clock.now() + signing.BOTH_SIGN
    )
    endpoint.refresh_from_db()
    return signing.secret_of(endpoint)


def stop(endpoint: WebhookEndpoint, because: StoppedBecause) -> None:
    """Tell an endpoint nothing any more; what waits for it can be sent again by a person.

    The team's owners get a mail where it was not a person who stopped it. Doing it twice is once.
    """
    now = clock.now()
    with transaction.atomic():
        rows = WebhookEndpoint.objects.filter(pk=endpoint.pk, stopped_at=None, removed_at=None)
        if rows.update(stopped_at=now, stopped_because=because) != 1:
            return
        _set_aside(endpoint)
        if because == StoppedBecause.PERSON:
            return
        owners = Membership.objects.filter(team=endpoint.team_id, role=Role.OWNER)
        for pk in owners.values_list("pk", flat=True):
            mails.queue(
                key=f"webhook_stopped:{endpoint.pk}:{now:%Y%m%d%H%M%S}:{pk}",
                kind="webhook_stopped",
                endpoint=endpoint.pk,
                membership=pk,
            )


def _set_aside(endpoint: WebhookEndpoint) -> None:
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state__in=_LEAVING)
    waiting.update(state=WebhookState.FAILED, error="stopped", claim_token=None, lease_until=None)


def start(endpoint: WebhookEndpoint) -> None:
    """Tell a stopped endpoint again what happens from now on."""
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    rows.update(
        stopped_at=None, stopped_because="", failures=0, failing_since=None, rests_until=None
    )


def remove(endpoint: WebhookEndpoint) -> None:
    """Take an endpoint away; its deliveries are kept for a while, and shown to nobody."""
    with transaction.atomic():
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(removed_at=clock.now())
        _set_aside(endpoint)
