"""Whether the books were compared lately, and what differed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, Min

from donations.models import Difference, InvariantCheck, Reconciliation
from donations.services import reconcile


def reconcile_age(now: datetime) -> float | None:
    """How long ago the account was held against Stripe that was so longest ago.

    An account that is not through yet counts from its first attempt on; None before any.
    """
    known = {
        row["account"]: row
        for row in Reconciliation.objects.filter(account__in=reconcile.accounts())
        .values("account")
        .annotate(first=Min("started_at"), last=Max("finished_at"))
    }
    moments = [row["last"] or row["first"] for row in known.values()]
    return max(((now - one).total_seconds() for one in moments), default=None)


def differences(now: datetime) -> float:
    """How many differences between Stripe and the ledger are open."""
    del now
    return Difference.objects.filter(resolved_at__isnull=True).count()


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
