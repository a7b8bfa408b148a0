"""The switch that pauses all taking of money, for the whole site.

What is open at Stripe settles as usual: nobody can call a payment back that is under way.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, F

from donations.models import GivingPause
from events.models import Campaign
from fundraiser.core import clock
from fundraiser.core.prepared import Question

_OPEN: Final = Question(lambda: GivingPause.objects.filter(ended_at=None).values_list("pk"))


def is_on() -> bool:
    """Return whether the site takes no money now."""
    return _OPEN.first() is not None


def open_ones() -> Exists:
    """Return the same question as a part of a query: ``site_paused`` is how a row keeps it."""
    return Exists(GivingPause.objects.filter(ended_at=None))


def is_on_for(campaign: Campaign) -> bool:
    """Return whether the site takes no money; asked once for each row that a page read."""
    known = vars(campaign)
    if "site_paused" not in known:
        known["site_paused"] = is_on()
    return bool(known["site_paused"])


def pause(*, reason: str, by: Any = None) -> GivingPause | None:
    """Take no money any more; None where that is so already. ``by`` is a user, or nobody.

    Every page that offers to give is made anew.
    """
    try:
        with transaction.atomic():
            row = GivingPause.objects.create(reason=reason, started_at=clock.now(), started_by=by)
            _renew_pages()
    except IntegrityError:
        return None
    return row


def resume(*, by: Any = None) -> bool:
    """Take money again; return False where there is no pause."""
    with transaction.atomic():
        ended = GivingPause.objects.filter(ended_at=None)
        if not ended.update(ended_at=clock.now(), ended_by=by):
            return False
        _renew_pages()
    return True


def _renew_pages() -> None:
    Campaign.objects.update(content_version=F("content_version") + 1)
