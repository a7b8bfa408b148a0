"""Reconciliation: every event and every movement at Stripe, held against what we have.

1. Events that no webhook brought go into the inbox and are applied.
2. Each balance transaction must stand in the ledger with the same amount, and the other way round.
   A gift that is not known here at all, after a restored backup, is made anew (rebuilding.py).
3. What differs is stored until it agrees again. Safe at any time, several at once.
4. Payouts that no event told of, or that have moved on, are fetched.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F, Q

from donations.gateway import Gateway, GatewayError
from donations.models import ConnectedAccount, Difference, Donation, LedgerEntry, Reconciliation
from donations.services import checkout, inbox, rebuilding, reconcile_events, settlement
from donations.services.alone import alone
from donations.services.connecting import accounts as connected
from donations.services.movements import Expected, expectations
from donations.services.paying_out import payouts
from donations.states import AT_STRIPE, Disconnection, DonationState, Kind, SourceType
from events.models import Campaign
from fundraiser.core import clock

logger = logging.getLogger(__name__)

#: docs.stripe.com/api/events: Stripe lists events of the last 30 days.
WINDOW: Final = timedelta(days=30)
#: How long what the rounds found is kept; what differs is kept for ever.
KEPT: Final = timedelta(days=60)
#: How far a run reaches back behind the last one, and how often the whole window is looked at.
OVERLAP: Final = timedelta(days=1)
#: A ledger row this young may not be in the list that was fetched before it.
YOUNG: Final = timedelta(minutes=5)


def accounts() -> list[str]:
    """Return the site's own account (empty) and every connected one that Stripe shows us."""
    used = Campaign.objects.exclude(stripe_account="").values_list("stripe_account", flat=True)
    paid = Donation.objects.exclude(stripe_account="").values_list("stripe_account", flat=True)
    rows = ConnectedAccount.objects.exclude(stripe_account=None)
    known = dict(rows.values_list("stripe_account", "disconnected_by"))
    gone = (Disconnection.STRIPE, Disconnection.BOTH)
    lost = {one for one, by in known.items() if by in gone}
    return ["", *sorted({str(one) for one in {*used, *paid, *known} - lost})]


def refresh_accounts(*, gateway: Gateway) -> None:
    """Ask Stripe how each connected account stands, those too that it no longer showed us."""
    for pk in ConnectedAccount.objects.exclude(stripe_account=None).values_list("pk", flat=True):
        try:
            connected.refresh(pk, gateway=gateway)
        except (GatewayError, connected.BusyError) as error:
            logger.warning("reconcile: connected account %s: %s", pk, error)


def run(*, gateway: Gateway, since: datetime | None = None) -> list[Reconciliation]:
    """Reconcile every account from ``since`` (aware; default: 30 days ago) and return the runs.

    One that Stripe would not tell about (unreachable) has no ``finished_at``; one that its owner
    disconnected is left out.
    """
    begin = since or clock.now() - WINDOW
    refresh_accounts(gateway=gateway)
    return [_attempt(account, begin, gateway) for account in accounts()]


def run_due(*, gateway: Gateway) -> list[Reconciliation]:
    """Reconcile every account as often as the worker does: all of it daily, else what is new.

    Does nothing while another worker is at it: on a large account that can take longer than the
    time between two rounds.
    """
    with alone("reconcile") as is_alone:
        if not is_alone:
            return []
        refresh_accounts(gateway=gateway)
        Reconciliation.objects.filter(started_at__lt=clock.now() - KEPT).delete()
        return [_attempt(account, due_since(account), gateway) for account in accounts()]


def due_since(account: str) -> datetime:
    """Return from when on an account has to be looked at (aware).

    The whole window if that was not done within a day; else from the last finished run on, with
    an overlap for what Stripe lists late.
    """
    now = clock.now()
    finished = Reconciliation.objects.filter(account=account, finished_at__isnull=False)
    whole = finished.filter(since__lte=F("started_at") - WINDOW, started_at__gt=now - OVERLAP)
    if not whole.exists():
        return now - WINDOW
    last = finished.order_by("-started_at").values_list("started_at", flat=True)[0]
    return max(last - OVERLAP, now - WINDOW)


def _attempt(account: str, since: datetime, gateway: Gateway) -> Reconciliation:
    """Reconcile one account; what goes wrong with it must not keep the others from their turn."""
    result = Reconciliation.objects.create(account=account, since=since, started_at=clock.now())
    try:
        return _reconcile(result, gateway)
    except (GatewayError, settlement.BusyError) as error:
        logger.warning("reconcile: account %s: %s", account or "(own)", error)
    except Exception:  # one poison payment must not stop the others' accounts
        logger.exception("reconcile: account %s", account or "(own)")
    return result


def _reconcile(result: Reconciliation, gateway: Gateway) -> Reconciliation:
    """Do the four steps for the account of ``result``. Raises GatewayError or BusyError."""
    account, since = result.account, result.since
    reconcile_events.receive_missed(result, gateway)
    inbox.apply_pending(gateway=gateway)
    inbox.retry_set_aside(account, gateway=gateway)
    movements = list(gateway.movements_since(since, account=account))
    result.movements_seen = len(movements)
    expected = [one for movement in movements for one in expectations(movement)]
    lost = _apply_unposted(expected, account, gateway)
    _compare(account, expected, since, lost)
    result.clock_skew = gateway.clock_skew()
    result.finished_at = clock.now()
    result.save()
    _catch_up_payouts(account, since, gateway)
    return result


def _catch_up_payouts(account: str, since: datetime, gateway: Gateway) -> None:
    """Fetch payouts; a key that may not read them must not keep the rest from its end."""
    try:
        payouts.catch_up(account, since, gateway=gateway)
    except GatewayError as error:
        logger.warning("reconcile: payouts of account %s: %s", account or "(own)", error)


def _posted(expected: Iterable[Expected]) -> dict[tuple[str, str, str], LedgerEntry]:
    ids = {one.source_id for one in expected}
    rows = LedgerEntry.objects.filter(source_id__in=ids).select_related("campaign")
    return {(row.source_type, row.source_id, row.kind): row for row in rows}


def _apply_unposted(expected: list[Expected], account: str, gateway: Gateway) -> dict[str, str]:
    """Settle the donations whose movements the ledger lacks: an event may never have been made.

    Returns the charges that are ours and that nothing is known of, with why. Who paid first comes
    first: the provider lists the newest first.
    """
    posted, lost = _posted(expected), dict[str, str]()
    for one in reversed(expected):
        if one.key in posted or one.kind != Kind.GIFT:
            continue
        try:
            donation = _donation_of_charge(one.source_id, account, gateway)
        except rebuilding.LostError as error:
            lost[one.source_id] = str(error)
            continue
        if donation is not None and not _settle(donation, gateway):
            lost[one.source_id] = f"donation {donation.public_id} cannot be settled: see the log"
    stale = {one.source_id for one in expected if one.key not in posted and one.kind != Kind.GIFT}
    for donation in (
        Donation.objects.filter(stripe_account=account)
        .filter(Q(charge_id__in=stale) | Q(entries__source_id__in=stale))
        .distinct()
    ):
        _settle(donation, gateway)
    return lost


def _settle(donation: Donation, gateway: Gateway) -> bool:
    """Settle one gift; return whether it could be: one that cannot must not stop the others'."""
    try:
        checkout.ensure_session(donation, gateway=gateway)
        settlement.apply(donation.pk, gateway=gateway)
    except DatabaseError:
        logger.exception("reconcile: donation %s cannot be settled", donation.pk)
        return False
    return True


def _donation_of_charge(charge_id: str, account: str, gateway: Gateway) -> Donation | None:
    known = Donation.objects.filter(charge_id=charge_id, stripe_account=account).first()
    if known is not None:
        return known
    intent = gateway.payment_intent_of_charge(charge_id, account=account)
    ours = Donation.objects.filter(stripe_account=account)
    if intent is None or (found := ours.filter(payment_intent_id=intent).first()):
        return found if intent else None
    session_id = gateway.session_of_payment_intent(intent, account=account)
    if session_id is None or (found := ours.filter(session_id=session_id).first()):
        return found if session_id else None
    session = gateway.fetch_session(session_id, account=account)
    donation = rebuilding.rebuild(session, account=account, site=settings.SITE_URL)
    if donation is not None and donation.session_id is None:
        checkout.learn_session(donation, session_id, gateway=gateway)
        donation.refresh_from_db(fields=["session_id"])
    return donation


def _compare(
    account: str, expected: list[Expected], since: datetime, lost: Mapping[str, str]
) -> None:
    """Store what differs, both ways, and resolve what agrees again."""
    posted = _posted(expected)
    open_now: set[tuple[str, str]] = set()
    for one in expected:
        row = posted.get(one.key)
        found = row.amount_minor if row else 0
        same_currency = row is None or row.currency == one.currency
        if found == one.minor and same_currency:
            continue
        if row is None and one.source_id not in lost and _is_foreign(one, account):
            continue
        open_now.add((one.source_id, one.kind))
        _store(account, one, found, row, lost.get(one.source_id, ""))
    for row in _unknown_at_stripe(account, expected, since):
        open_now.add((row.source_id, row.kind))
        _store(account, None, row.amount_minor, row)
    looked_at = {(one.source_id, str(one.kind)) for one in expected}
    _resolve(account, looked_at - open_now)


def _is_foreign(one: Expected, account: str) -> bool:
    """Whether a movement is no donation's of ours: others may use the same Stripe account.

    One that failed is no longer its movements' owner: none of its money came, or it was another
    currency's or mode's and went back whole (settlement.apply sees to it that it did).
    """
    failed = Q(state=DonationState.FAILED, quarantine="")
    ours = Donation.objects.filter(stripe_account=account).exclude(failed)
    if one.source_type == SourceType.CHARGE:
        return not ours.filter(charge_id=one.source_id).exists()
    return not ours.filter(
        Q(entries__source_id=one.source_id) | Q(events__references__object=one.object_id)
    ).exists()


def _unknown_at_stripe(
    account: str, expected: list[Expected], since: datetime
) -> Iterator[LedgerEntry]:
    known = {one.key for one in expected}
    rows = LedgerEntry.objects.filter(
        source_type__in=AT_STRIPE,
        stripe_account=account,
        occurred_at__gt=since + YOUNG,
        created_at__lt=clock.now() - YOUNG,
    ).select_related("campaign")
    for row in rows.iterator(chunk_size=1000):
        if (row.source_type, row.source_id, row.kind) not in known:
            yield row


def _store(
    account: str, one: Expected | None, found: int, row: LedgerEntry | None, why: str = ""
) -> None:
    source_id = one.source_id if one else row.source_id if row else ""
    kind = one.kind if one else row.kind if row else ""
    values = {
        "expected_minor": one.minor if one else 0,
        "found_minor": found,
        "currency": one.currency if one else row.currency if row else "",
        "campaign": row.campaign if row else _campaign_of(source_id),
        "detail": f"{one.movement_id} {why}".strip()[:300]
        if one
        else "not among Stripe's balance transactions",
        "last_seen_at": clock.now(),
    }
    Difference.objects.update_or_create(
        account=account,
        source_id=source_id,
        kind=kind,
        resolved_at=None,
        defaults=values,
        create_defaults={**values, "first_seen_at": clock.now()},
    )


def _campaign_of(charge_id: str) -> Campaign | None:
    donation = (
        Donation.objects.filter(Q(charge_id=charge_id) | Q(events__references__charge=charge_id))
        .select_related("campaign")
        .first()
    )
    return donation.campaign if donation else None


def _resolve(account: str, agreed: set[tuple[str, str]]) -> None:
    """End the differences that were compared again and agree; the rest stays as it is known."""
    for difference in Difference.objects.filter(account=account, resolved_at=None):
        if (difference.source_id, difference.kind) in agreed:
            Difference.objects.filter(pk=difference.pk, resolved_at=None).update(
                resolved_at=clock.now()
            )
