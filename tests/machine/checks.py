"""What must hold: after every step, and at the end against Stripe's own balance transactions.

Each function returns what is wrong as sentences, so that the negative controls can read them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Q

from donations.models import Difference, Donation, StripeEvent
from donations.services import attention, invariants, late_choices, reconcile, totals
from donations.states import DonationState, Purpose
from events.models import Booking, Message
from events.states import BookingState
from tests.machine.world import CONNECTED, Attempt, World
from tests.support.sandbox import SandboxControl

#: Errors that an event may have had; any other is one that would never go away.
_PASSING_ERRORS = ("GatewayError", "SessionImpossibleError", "not a donation", "livemode differs")
_COLUMNS = ("gross", "fees", "refunds", "disputes")

Sums = dict[int, Counter[str]]


def always(world: World) -> list[str]:
    """What must hold at any moment."""
    found = [f"{one.promise}: {one.row}" for one in invariants.broken()]
    shown = {one.pk: totals.of_campaign(one) for one in world.campaigns}
    found += _unpaid_counted(world, {pk: total.gifts.minor for pk, total in shown.items()})
    found += [f"a negative total: {one.raised}" for one in shown.values() if one.raised.minor < 0]
    for event in StripeEvent.objects.exclude(error=""):
        if not event.error.startswith(_PASSING_ERRORS):
            found.append(f"event {event.type} cannot be applied: {event.error}")
    _note_bookings(world)
    return found


def _unpaid_counted(world: World, counted: dict[int, int]) -> list[str]:
    """No total counts more than what Stripe's answers said was paid (PROMISES.md 9)."""
    paid: Counter[int] = Counter()
    for attempt in world.attempts:
        if attempt.paid:
            paid[attempt.place.campaign.pk] += attempt.minor
    return [
        f"campaign {campaign} counts {minor}, but only {paid[campaign]} was paid"
        for campaign, minor in counted.items()
        if minor > paid[campaign]
    ]


def _note_bookings(world: World) -> None:
    """Count the moves of bookings that the machine has to reach."""
    now = dict(Booking.objects.values_list("pk", "state"))
    for booking, state in now.items():
        before = world.booking_states.get(booking, "")
        if before != state:
            world.note(f"booking {before or 'new'} → {state}")
    world.booking_states = now


def at_the_end(world: World) -> list[str]:
    """What must hold once one reconciliation has run: the ledger is Stripe's, nothing is hidden."""
    found = _against_stripe(world)
    listed = {
        one.pk: [item.donation for item in attention.of_campaigns([one], is_admin=False)]
        for one in world.campaigns
    }
    for attempt in world.attempts:
        if attempt.paid:
            found += _hidden(world, attempt, listed)
    found += _two_payable(world)
    found += _unexplained(world)
    return found


def _against_stripe(world: World) -> list[str]:
    apart = Q(state=DonationState.FAILED) | ~Q(quarantine="")
    set_apart = set(Donation.objects.filter(apart).values_list("pk", flat=True))
    theirs, ours = _at_stripe(world, set_apart), _in_ledger(set_apart)
    return [
        f"campaign {campaign.pk}: {name} is {ours[campaign.pk][name]}, "
        f"Stripe's balance transactions say {theirs[campaign.pk][name]}"
        for campaign in world.campaigns
        for name in _COLUMNS
        if ours[campaign.pk][name] != theirs[campaign.pk][name]
    ]


def _in_ledger(set_apart: set[int]) -> Sums:
    """Sum up the ledger's rows by SQL of its own."""
    sums: Sums = defaultdict(Counter)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT campaign_id, donation_id, debit, credit, amount_minor "
            "FROM donations_ledgerentry"
        )
        for campaign, donation, debit, credit, minor in cursor.fetchall():
            if donation in set_apart:
                continue
            for account, signed in ((debit, minor), (credit, -minor)):
                name = "gross" if account == "gifts" else account
                sums[campaign][name] += -signed if name == "gross" else signed
    return sums


def _at_stripe(world: World, set_apart: set[int]) -> Sums:
    """Sum up Stripe's balance transactions by campaign, without those of donations set apart."""
    donations = {str(row.public_id): row for row in Donation.objects.all()}
    sums: Sums = defaultdict(Counter)
    for account in ("", CONNECTED):
        for owner, movement in _movements(world, account):
            donation = donations.get(owner)
            assert donation is not None, f"whose is {movement}?"
            if donation.pk not in set_apart:
                sums[donation.campaign_id].update(_parts(movement))
    return sums


def _movements(world: World, account: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield an account's balance transactions, each with its donation's public id."""
    owners = _owners(world, account)
    for movement in world.sandbox.balance_transactions(account=account):
        yield owners.get(movement["source"], ""), movement


def left_at_stripe(world: World, donation: Donation) -> int:
    """Return what refunds left of a donation's charge at Stripe, in minor units."""
    sums: Counter[str] = Counter()
    for owner, movement in _movements(world, donation.stripe_account):
        if owner == str(donation.public_id):
            sums.update(_parts(movement))
    return sums["gross"] - sums["refunds"]


def _parts(movement: dict[str, Any]) -> dict[str, int]:
    minor, fee = movement["amount"], movement["fee"]
    match movement["type"]:
        case "charge" | "payment":
            return {"gross": minor, "fees": fee}
        case "refund" | "payment_refund" | "refund_failure":
            return {"refunds": -minor, "fees": fee}
        case "adjustment":
            return {"disputes": -minor, "fees": fee}
    raise AssertionError(f"an unknown movement: {movement}")


def _owners(world: World, account: str) -> dict[str, str]:
    """Return the donation's public id behind each charge, refund and dispute of an account."""
    owners: dict[str, str] = {}
    events = world.sandbox.events(account=account)["events"]
    for event in events:
        about = event["data"]["object"]
        if about["object"] == "charge":
            owners[about["id"]] = about["metadata"]["donation"]
    for event in events:
        about = event["data"]["object"]
        if about["object"] in {"refund", "dispute"}:
            owners[about["id"]] = owners[about["charge"]]
    return owners


def _hidden(world: World, attempt: Attempt, listed: dict[int, list[Any]]) -> list[str]:
    """Money received is never invisible (PROMISES.md 7). ``listed``: by campaign, the donations
    that its organizers are shown."""
    donation = world.donation(attempt)
    booking = donation.booking
    shown = donation in listed[donation.campaign_id]
    about = f"donation {donation.pk} ({donation.state}, {donation.purpose})"
    if donation.quarantine or donation.state != DonationState.PAID:
        return [f"{about} {problem}" for problem in _not_believed(world, donation, shown=shown)]
    if donation.purpose == Purpose.GIFT or donation.net_minor <= 0:
        return []
    assert booking is not None
    if booking.state == BookingState.CONFIRMED:
        return []
    asked = Message.objects.filter(kind="payment_problem", ids__donation=donation.pk).exists()
    offered = late_choices.pending_choice(booking) == donation
    if booking.state == BookingState.NEEDS_ATTENTION and shown and asked and offered:
        return []
    return [f"{about} has no seat and no way out: booking {booking.state}"]


def _not_believed(world: World, donation: Donation, *, shown: bool) -> Iterator[str]:
    """What was paid and not asked for is shown for as long as it is there, and then ends."""
    left, booking = left_at_stripe(world, donation), donation.booking
    if left and not donation.quarantine:
        yield "was paid at Stripe, and nothing says so"
    elif left and not shown:
        yield "is quarantined, but no organizer sees it"
    elif not left and (donation.quarantine or donation.state != DonationState.FAILED):
        yield "was given back whole, and has not ended"
    # A hold with an end of its own is no payment's any more: its visitor asked for more time, and
    # the sweeper's next round ends it.
    if not left and booking is not None and booking.holds_seats and not booking.hold_expires_at:
        yield "was given back whole, and still holds its seats"


def _two_payable(world: World) -> list[str]:
    """At most one payable session for each booking and each visit (PROMISES.md 6)."""
    return two_payable(open_sessions(world.sandbox, ""), open_sessions(world.sandbox, CONNECTED))


def two_payable(*lists: list[dict[str, Any]]) -> list[str]:
    """Tell bookings that more than one of these open sessions would pay for."""
    counts = Counter(
        one["metadata"].get("booking") or one["metadata"]["donation"]
        for sessions in lists
        for one in sessions
    )
    return [f"{count} payable sessions for {key}" for key, count in counts.items() if count > 1]


def open_sessions(sandbox: SandboxControl, account: str) -> list[dict[str, Any]]:
    """Return an account's sessions that can be paid now."""
    answer = sandbox._client.get(
        "/v1/checkout/sessions",
        params={"status": "open", "limit": 100},
        headers={"Authorization": "Bearer sk_test_check"}
        | ({"Stripe-Account": account} if account else {}),
    )
    assert answer.is_success, answer.text
    return list(answer.json()["data"])


def _unexplained(world: World) -> list[str]:
    """Every open difference of the reconciler is about a quarantined donation."""
    quarantined = {str(one.public_id) for one in Donation.objects.quarantined()}
    found = []
    for difference in Difference.objects.filter(resolved_at=None):
        owners = _owners(world, difference.account)
        movements = world.sandbox.balance_transactions(account=difference.account)
        sources = {one["id"]: one["source"] for one in movements}
        source = sources.get(difference.source_id, difference.source_id)
        if owners.get(source) not in quarantined:
            found.append(f"an unexplained difference: {difference} {difference.detail}")
    return found


def finish(world: World) -> list[str]:
    """Let Stripe come to rest, reconcile once, and return all that is wrong then."""
    world.clear_faults()
    world.sandbox.late_fees(on=False)
    world.sandbox.release_fees()
    world.advance(hours=3)
    runs = reconcile.run(gateway=world.gateway)
    assert all(run.finished_at for run in runs)
    world.note(*(["reconcile found lost events"] if any(run.events_new for run in runs) else []))
    return always(world) + at_the_end(world)
