"""Whether the books were compared lately, and what differed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Min

from donations.models import ConnectedAccount, Difference, InvariantCheck, Reconciliation
from donations.states import Disconnection
from events.states import TEST_ACCOUNT

#: Accounts that nobody tried to compare for so long are no longer ours.
_TRIED: Final = timedelta(days=1)


def reconcile_age(now: datetime) -> float | None:
    """How long ago the account was held against Stripe that was so longest ago.

    An account that is not through yet counts from its first attempt on. None when nothing was
    tried within a day. Accounts that Stripe no longer shows us are left out.
    """
    gone = ConnectedAccount.objects.filter(
        disconnected_by__in=[Disconnection.STRIPE, Disconnection.BOTH], stripe_account__isnull=False
    )
    tried = Reconciliation.objects.filter(started_at__gt=now - _TRIED).exclude(account=TEST_ACCOUNT)
    rows = (
        tried.exclude(account__in=gone.values("stripe_account"))
        .values("account")
        .annotate(first=Min("started_at"), last=Max("finished_at"))
    )
    moments = [row["last"] or row["first"] for row in rows]
    return max(((now - one).total_seconds() for one in moments), default=None)


def differences(now: datetime) -> float:
    """How many differences between Stripe and the ledger are open."""
    del now
    rows = Difference.objects.filter(resolved_at__isnull=True)
    return rows.exclude(account=TEST_ACCOUNT).count()


def _last_check() -> InvariantCheck | None:
    return InvariantCheck.objects.order_by("-finished_at").first()


def ledger_drift(now: datetime) -> float | None:
    """How many rows broke an invariant when they were last checked."""
    del now
    last = _last_check()
    return last.broken if last else None


def invariants_age(now: datetime) -> float | None:
    """How long ago the invariants were last checked."""
    last = _last_check()
    return (now - last.finished_at).total_seconds() if last else None
