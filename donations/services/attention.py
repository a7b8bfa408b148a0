"""What needs a person: late money without a seat, gifts asked back, quarantined money, what Stripe
refused to take, differences, poison events, mails that do not leave, rooms that are missing, and
links that are passed on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Max

from donations.gateway import Gateway
from donations.models import Difference, Donation, Remittance, StripeEvent
from donations.services import locking, organizer_refunds, refund_run, refunding, seating
from donations.services.remitting import acknowledging, overdue
from donations.services.updating import prompts
from donations.states import DonationState, Purpose
from events.models import Booking, Campaign, Message, Workshop
from events.services.attendees import attendee
from events.services.room import devices, rooms
from events.services.seating import seats
from events.states import BookingState, MessageState, WorkshopState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError
from fundraiser.core.money import Money

#: For how long an attempt that Stripe refused to begin is shown: nobody has to end it.
REFUSED_SHOWN: Final = timedelta(days=7)
#: And a mail that did not leave.
STUCK_SHOWN: Final = timedelta(days=7)


class NothingToChooseError(ServiceError):
    """The choice was made already, or there is none."""

    code = "nothing_to_choose"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that needs a person. ``kind`` is stable; templates choose the words."""

    kind: str
    campaign: Campaign | None
    name: str
    amount: Money | None
    detail: str
    donation: Donation | None = None
    workshop: Workshop | None = None
    remittance: Remittance | None = None
    #: What else tells a workshop's item from its others: the day of the last mail that got stuck,
    #: YYYYMMDD, or the person whose link is passed on.
    day: str = ""

    @property
    def reference(self) -> str:
        """What tells it from others of its kind, and stays the same as long as it stands.

        Mails get stuck by the hundred: those of one workshop and day are one item.
        """
        if self.workshop is not None:
            return f"{self.workshop.pk}-{self.day}"
        return str(self.donation.pk) if self.donation else self.name[:60]


def of_campaigns(campaigns: Iterable[Campaign], *, is_admin: bool) -> list[Item]:
    """Return what needs a person in these campaigns; what is the site's own only for an admin."""
    ids = [campaign.pk for campaign in campaigns]
    rows = Donation.objects.filter(campaign_id__in=ids).select_related("campaign", "booking")
    late = rows.filter(
        purpose=Purpose.SEAT,
        state=DonationState.PAID,
        booking__state=BookingState.NEEDS_ATTENTION,
    )
    items = [
        Item("late_money", one.campaign, one.name, one.amount, "", one)
        for one in late.order_by("paid_at")[:100]
    ]
    asked = rows.asked_back().order_by("refund_asked_at")
    items += [
        Item("refund_asked", one.campaign, one.name, Money(one.net_minor, one.currency), "", one)
        for one in asked[:100]
    ]
    items += [
        Item("quarantined", one.campaign, one.name, one.amount, one.quarantine, one)
        for one in rows.quarantined().order_by("created_at")[:100]
    ]
    refused = rows.refused().filter(created_at__gt=clock.now() - REFUSED_SHOWN)
    items += [
        Item("refused", one.campaign, one.name, one.amount, one.decline_code, one)
        for one in refused.order_by("created_at")[:100]
    ]
    differences = Difference.objects.filter(resolved_at=None).select_related("campaign")
    if not is_admin:
        differences = differences.filter(campaign_id__in=ids)
    items += [
        Item("difference", one.campaign, one.source_id, None, one.detail)
        for one in differences[:100]
    ]
    items += [*_refunds(ids), *_stuck_mails(ids), *_rooms(ids), *_of_the_whole_campaign(ids)]
    return [*items, *_of_the_site()] if is_admin else items


def _refunds(campaign_ids: list[int]) -> list[Item]:
    """Return refunds that wait for a person, and seats whose money went back."""
    items = [
        Item(
            "refunds_stuck",
            one.workshop.campaign,
            one.workshop.title,
            None,
            str(one.choices.filter(set_aside_at__isnull=False, done_at=None).count()),
            workshop=one.workshop,
            day="refunds",
        )
        for one in refund_run.stuck(campaign_ids)[:100]
    ]
    items += [
        Item("seat_unpaid", one.campaign, one.name, one.amount, "", one)
        for one in organizer_refunds.seats_without_money(campaign_ids).order_by("paid_at")[:100]
    ]
    return items + [
        Item(
            "refund_unknown", one.donation.campaign, one.donation.name, one.amount, "", one.donation
        )
        for one in organizer_refunds.unanswered(campaign_ids).order_by("pk")[:100]
    ]


def _stuck_mails(campaign_ids: list[int]) -> list[Item]:
    """Return the workshops of which mails were held back or set aside in the last days."""
    stuck = Message.objects.filter(
        workshop__campaign_id__in=campaign_ids,
        state__in=[MessageState.HELD, MessageState.SET_ASIDE],
        created_at__gt=clock.now() - STUCK_SHOWN,
    )
    counted = stuck.values("workshop_id").annotate(n=Count("pk"), last=Max("created_at"))
    found = {row["workshop_id"]: row for row in counted}
    workshops = Workshop.objects.filter(pk__in=found).select_related("campaign")
    return [
        Item(
            "mails_stuck",
            one.campaign,
            one.title,
            None,
            str(found[one.pk]["n"]),
            workshop=one,
            day=f"{found[one.pk]['last']:%Y%m%d}",
        )
        for one in workshops.order_by("starts_at")[:100]
    ]


def _rooms(campaign_ids: list[int]) -> list[Item]:
    """Return the workshops about to start without a room, and the links that are passed on."""
    now = clock.now()
    items = [
        Item(
            "no_room",
            one.campaign,
            one.title,
            None,
            "",
            workshop=one,
            day=f"{one.starts_at:%Y%m%d}",
        )
        for one in rooms.missing(campaign_ids, now)
    ]
    for one in devices.passed_on(campaign_ids, now - STUCK_SHOWN):
        workshop = one.booking.workshop
        name = attendee(one).name or one.booking.name
        items.append(
            Item(
                "shared_link",
                workshop.campaign,
                name,
                None,
                workshop.title,
                workshop=workshop,
                day=f"person-{one.pk}",
            )
        )
    return items


def _of_the_whole_campaign(campaign_ids: list[int]) -> list[Item]:
    """Return the missed dates of sending, and the updates that donors may expect."""
    items = [
        Item("send_by", one.campaign, one.campaign.charity_name, one.outstanding, str(one.days))
        for one in overdue.of_campaigns(campaign_ids)
    ]
    return items + [
        Item("update_due", one.campaign, one.campaign.title, None, str(one.months))
        for one in prompts.due(campaign_ids)
    ]


def _of_the_site() -> list[Item]:
    """Return what an admin looks at: addresses at charities without a site, and poison events."""
    aside = StripeEvent.objects.filter(set_aside_at__isnull=False, applied_at=None)
    items = [Item("poison_event", None, one.event_id, None, one.error) for one in aside[:100]]
    return items + [
        Item(
            "address",
            one.remittance.campaign,
            one.email,
            one.remittance.amount,
            one.remittance.campaign.charity_name,
            remittance=one.remittance,
        )
        for one in acknowledging.waiting_for_approval()
    ]


def pending_choice(booking: Booking) -> Donation | None:
    """Return the late payment of a booking that waits for "refund" or "keep as a gift"."""
    if booking.state != BookingState.NEEDS_ATTENTION:
        return None
    return booking.donations.filter(purpose=Purpose.SEAT, state=DonationState.PAID).first()


def has_seat(booking: Booking) -> bool:
    """Return whether a late payer could have a seat again now; taking it decides."""
    workshop = booking.workshop
    status = seats.registration_status(workshop, clock.now())
    left = workshop.seats_left
    if Booking.objects.in_line(workshop.pk).exists():
        return False  # who waits comes first
    is_running = status in {"open", "closed"} and workshop.state == WorkshopState.PUBLISHED
    return is_running and (left is None or left >= booking.seats)


def take_seat(booking_id: int) -> bool:
    """Seat a late payer again if a seat is free; return whether there was one.

    Raises NothingToChooseError.
    """
    with transaction.atomic():
        _donation, booking = _locked(booking_id)
        booking.workshop = Workshop.objects.select_for_update(no_key=True).get(
            pk=booking.workshop_id
        )
        return seating.take_again(booking)


def keep(booking_id: int) -> Donation:
    """Keep late money as a gift; its booking ends. Raises NothingToChooseError."""
    with transaction.atomic():
        donation, booking = _locked(booking_id)
        seats.release(booking, BookingState.CANCELLED)
        seating.keep_as_gift(donation)
    return donation


def _locked(booking_id: int) -> tuple[Donation, Booking]:
    wanted = (Purpose.SEAT, DonationState.PAID)
    given = locking.of_booking(booking_id)
    donation = next((one for one in given if (one.purpose, one.state) == wanted), None)
    booking = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
    if donation is None or booking.state != BookingState.NEEDS_ATTENTION:
        raise NothingToChooseError(str(booking_id))
    return donation, booking


def give_back(booking: Booking, *, gateway: Gateway) -> Donation:
    """Refund late money in full; settling ends its booking.

    Asking twice refunds once. Raises NothingToChooseError, GatewayError or BusyError.
    """
    donation = pending_choice(booking)
    if donation is None or donation.payment_intent_id is None:
        raise NothingToChooseError(str(booking.pk))
    payment = donation.payment_intent_id
    return refunding.give_back(donation, payment, occasion="late", gateway=gateway)
