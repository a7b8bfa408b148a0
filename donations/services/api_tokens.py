"""Tokens of the API: made and shown once, recognised, counted, revoked.

A token is 256 random bits; kept is its SHA-256. Nothing slower is needed, since nobody guesses 256
bits (cheatsheetseries.owasp.org, "Password Storage", is about words that people choose).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db.models import Case, F, Value, When
from django.http import Http404

from donations.models import ApiAnswer, ApiToken
from events.models import Team
from events.services import access, access_teams
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

#: What a token may be made for. Reading people shows names and addresses to editors alone.
SCOPES: Final = (
    "read:campaigns",
    "read:people",
    "read:money",
    "write:campaigns",
    "write:exports",
)
_BEGINS: Final = "frt_"
#: How long the answer to a request with an Idempotency-Key is kept.
ANSWERS_KEPT: Final = timedelta(hours=24)
_SHOWN: Final = 10


class UnknownTokenError(ServiceError):
    """No token, a wrong one, or one that is over: revoked, expired, its maker is gone."""

    code: ClassVar[str] = "unauthorized"


class NoRightError(ServiceError):
    """Its maker is no longer on the team, or the team is suspended."""

    code: ClassVar[str] = "forbidden"


class TooManyRequestsError(ServiceError):
    """More than API_REQUESTS_PER_MINUTE came with this token within a minute."""

    code: ClassVar[str] = "too_many_requests"
    retryable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a request acts: one team, with the present role of the token's maker."""

    token: ApiToken
    team: Team
    role: str

    @property
    def is_editor(self) -> bool:
        """Whether it may change things, and see people by name."""
        return self.role in access.EDITORS

    @property
    def sees_people(self) -> bool:
        """Whether names, addresses and answers are shown to it."""
        return self.is_editor and "read:people" in self.token.scopes


def make(*, team: Team, user: Any, name: str, scopes: Sequence[str], days: int) -> tuple[str, Any]:
    """Make a token and return it with its row. This is the only time that anybody sees it."""
    secret = _BEGINS + secrets.token_urlsafe(32)
    now = clock.now()
    row = ApiToken.objects.create(
        team=team,
        user=user,
        name=name,
        prefix=secret[:_SHOWN],
        digest=_digest(secret),
        scopes=[one for one in SCOPES if one in scopes],
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return secret, row


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def caller(secret: str) -> Caller:
    """Return for whom a token acts now, and count the request.

    Rights are looked up anew for each request: nothing of them stands in the token. Raises
    UnknownTokenError, NoRightError or TooManyRequestsError.
    """
    now = clock.now()
    rows = ApiToken.objects.select_related("team", "user")
    token = rows.filter(digest=_digest(secret), revoked_at=None, expires_at__gt=now).first()
    if token is None or not token.user.is_active:
        raise UnknownTokenError
    _count(token)
    role = access_teams.role_in(token.user, token.team)
    if not role or token.team.suspended_at is not None:
        raise NoRightError
    return Caller(token, token.team, role)


def _count(token: ApiToken) -> None:
    """Write the use, and refuse one too many within a minute: one statement counts exactly."""
    now = clock.now()
    minute = now.replace(second=0, microsecond=0)
    rows = ApiToken.objects.filter(pk=token.pk)
    again = When(minute=minute, then=F("minute_requests") + 1)
    rows.update(last_used_at=now, minute=minute, minute_requests=Case(again, default=Value(1)))
    made = rows.values_list("minute_requests", flat=True).first() or 0
    if made > settings.API_REQUESTS_PER_MINUTE:
        raise TooManyRequestsError


def of_team(team: Team) -> list[ApiToken]:
    """Return a team's tokens with their makers, those that are over included, the newest first."""
    return list(ApiToken.objects.filter(team=team).select_related("user").order_by("-pk"))


def revoke(*, team: Team, public_id: Any) -> None:
    """End a token of a team; doing it twice is once. Http404 for another team's."""
    rows = ApiToken.objects.filter(team=team, public_id=public_id)
    if not rows.exists():
        raise Http404
    rows.filter(revoked_at=None).update(revoked_at=clock.now())


def forget_answers() -> int:
    """Delete the answers that no request can ask for again; return how many."""
    return ApiAnswer.objects.filter(created_at__lt=clock.now() - ANSWERS_KEPT).delete()[0]
