"""What waits longer than it should: mails, events, and webhooks that do not come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Min, Q

from donations.models import Donation, StripeEvent
from donations.states import DonationState
from events.models import Message
from events.services.mails import due
from events.services.webhooks import deliveries
from events.states import TEST_ACCOUNT, MailClass, MessageState

#: While mails leave, ten thousand reminders may take so long; then only the others count.
MOVING: Final = timedelta(minutes=2)
#: A mail that its receiver puts off for now (4xx) is waited for so long before it counts.
PATIENCE: Final = timedelta(hours=1)
#: A payment so soon after a webhook is that webhook's: two clocks never agree to the second.
SLACK: Final = timedelta(minutes=1)
#: How far back payments are looked for that no webhook told of.
RECENT: Final = timedelta(days=1)

_OLDEST_MAIL: Final = """
    SELECT MIN(CASE WHEN retry_at IS NULL THEN due_at
                    ELSE LEAST(GREATEST(retry_at, due_at), due_at + %(patience)s::interval) END)
    FROM events_message WHERE state IN ('queued', 'sending') AND due_at <= %(now)s
        AND (kind <> ALL(%(patient)s) OR NOT EXISTS (
            SELECT FROM events_message WHERE sent_at > %(moving)s))
"""


def oldest_unsent_webhook(now: datetime) -> float:
    """Return for how many seconds a program has waited for what no sender tried to tell it."""
    return _since(deliveries.oldest_unsent(now), now)


def _since(moment: datetime | None, now: datetime) -> float:
    """Return for how many seconds something has waited; 0 where nothing does."""
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0


def oldest_unsent_mail(now: datetime) -> float:
    """How long the oldest mail that is due has waited. Until its next try, one is not due."""
    with connection.cursor() as cursor:
        cursor.execute(
            _OLDEST_MAIL,
            {
                "now": now,
                "patience": str(PATIENCE),
                "moving": now - MOVING,
                "patient": due.kinds_of(MailClass.REMINDER, MailClass.NEWS),
            },
        )
        (moment,) = cursor.fetchone()
    return _since(moment, now)


def stuck_mails(now: datetime) -> float:
    """How many mails wait for a person: refused for good, or held since they are late."""
    del now
    stuck = [MessageState.HELD, MessageState.SET_ASIDE]
    return Message.objects.filter(state__in=stuck).count()


def oldest_unapplied_event(now: datetime) -> float:
    """How long the oldest event has waited to be applied."""
    waiting = StripeEvent.objects.filter(applied_at__isnull=True, set_aside_at__isnull=True)
    waiting = waiting.exclude(account=TEST_ACCOUNT)
    return _since(waiting.aggregate(first=Min("received_at"))["first"], now)


def events_set_aside(now: datetime) -> float:
    """How many events were given up after eight attempts. Those of the other mode never count."""
    del now
    rows = StripeEvent.objects.filter(applied_at__isnull=True, set_aside_at__isnull=False)
    real = rows.exclude(account=TEST_ACCOUNT)
    return real.filter(livemode=settings.STRIPE_LIVEMODE).count()


def payments_without_webhook(now: datetime) -> float:
    """How long the first payment has waited that came after the last webhook at its door.

    The site's own account and the connected ones have a door each.
    """
    connected = Q(account__gt="") & ~Q(account=TEST_ACCOUNT)
    by_them = Q(stripe_account__gt="") & ~Q(stripe_account=TEST_ACCOUNT)
    doors = (Q(account=""), Q(stripe_account="")), (connected, by_them)
    return max(_waited_at(events, donations, now) for events, donations in doors)


def _waited_at(events: Q, donations: Q, now: datetime) -> float:
    delivered = StripeEvent.objects.filter(events, delivered_at__isnull=False)
    last = delivered.order_by("-delivered_at").values_list("delivered_at", flat=True).first()
    after = max(last + SLACK, now - RECENT) if last else now - RECENT
    paid = Donation.objects.filter(
        donations, state=DonationState.PAID, session_id__isnull=False, paid_at__gt=after
    )
    return _since(paid.aggregate(first=Min("paid_at"))["first"], now)
