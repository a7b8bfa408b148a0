"""Notices about a missed date of sending and an update that is expected: into the outbox.

Keys are for ever: ``overdue:{campaign}:{promised day}:{week}:{membership}`` goes once a week until
the money is sent, ``update_prompt:{campaign}:{months}:{membership}`` once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from donations.services.remitting import overdue
from donations.services.updating import prompts
from events.models import Membership, Message
from events.services.access import EDITORS
from events.states import Role
from fundraiser.core import clock


def plan() -> int:
    """Put what is due into the outbox, within the caller's transaction; return how many."""
    mails = [*_overdue(), *_prompts()]
    known = set(
        Message.objects.filter(key__in=[one.key for one in mails]).values_list("key", flat=True)
    )
    new = [one for one in mails if one.key not in known]
    Message.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _overdue() -> Iterator[Message]:
    for one in overdue.of_campaigns():
        campaign = one.campaign
        for member in _wanting(campaign.team_id, (Role.OWNER,)):
            yield _mail(
                "overdue", f"{campaign.pk}:{campaign.send_by}:{one.week}", campaign.pk, member
            )


def _prompts() -> Iterator[Message]:
    for one in prompts.due():
        for member in _wanting(one.campaign.team_id, EDITORS):
            yield _mail("update_prompt", f"{one.campaign.pk}:{one.months}", one.campaign.pk, member)


def _wanting(team_id: int, roles: Iterable[str]) -> Iterable[int]:
    rows = Membership.objects.filter(
        team_id=team_id, role__in=list(roles), wants_attention_mails=True, user__is_active=True
    )
    return rows.values_list("pk", flat=True)


def _mail(kind: str, what: str, campaign: int, member: int) -> Message:
    now = clock.now()
    return Message(
        key=f"{kind}:{what}:{member}",
        kind=kind,
        ids={"campaign": campaign, "membership": member},
        due_at=now,
        created_at=now,
    )
