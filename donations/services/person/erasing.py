"""Erase what is known of one address (GDPR, article 17). The ledger keeps its amounts.

What goes: names, addresses, answers, messages on the wall, devices, mails that wait, problems of
delivery, the page of the address. What stays, about nobody any more: that a seat was taken, that a
gift was paid, and what Stripe calls it. Stripe keeps its own records.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import F, QuerySet

from donations.gateway import Gateway
from donations.models import Claim, Donation, RefundOrder
from donations.services import cancellations, cancelling, locking, refund_requests
from donations.services.abuse import blocking, kept_forms
from donations.services.declaring import claims, receipt_files
from donations.services.exports import forgetting
from donations.services.person import accounts, erasures, own_records, personal_data
from donations.states import LIVE
from events.models import (
    Booking,
    DeliveryProblem,
    Device,
    Message,
    Person,
    PersonNote,
    Registration,
)
from events.services import list_invitations
from events.services.seating import seat_changes
from events.states import BookingState, MessageState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

_Row = TypeVar("_Row", Booking, Claim, Registration)

#: Neutral values of a donation whose giver is nobody any more.
_NOBODY: dict[str, Any] = {
    "name": "",
    "email": "",
    "message": "",
    "hide_name": True,
    "wants_news": False,
    "client_hash": "",
    "session_url": "",
    "refund_answer": "",
    "invitation": None,
    "utm": {},
}
#: Bookings that may still come to a seat; their holder gives them up first.
_RUNNING = (BookingState.CONFIRMED, BookingState.HELD, BookingState.WAITING)


class NotYetError(ServiceError):
    """Something is still in flight. ``why`` says what, as ``obstacle`` does."""

    retryable = True

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.why = code


def obstacle(person: Person) -> str:
    """Return what has to end before the address can be erased, or nothing.

    "money": a payment that is under way or looked at; "choice": late money waits for its giver;
    "cancelled": so does money of a cancelled workshop, or it is to go back and has not yet;
    "answer": an organizer has not answered yet whether a gift goes back.
    """
    donations = list(own_records.donations_of(person.email))
    if any(one.state in LIVE or one.quarantine for one in donations):
        return "money"
    if any(refund_requests.late_booking(one) is not None for one in donations):
        return "choice"
    if cancellations.undecided(own_records.bookings_of(person.email)).exists():
        return "cancelled"
    return "answer" if any(refund_requests.is_open(one) for one in donations) else ""


def erase(person: Person, *, gateway: Gateway) -> None:
    """Give coming seats back, then erase everything at once; safe to repeat after a failure.

    Raises NotYetError, GatewayError or BusyError: then nothing personal is gone yet.
    """
    if why := obstacle(person):
        raise NotYetError(why)
    try:
        _give_seats_back(person.email, gateway)
    except cancelling.CalledOffError as error:  # at this very moment
        raise NotYetError("cancelled") from error
    for claim in own_records.claims_of(person.email):
        claims.withdraw(claim.pk)
    with transaction.atomic():
        donations = locking.in_order(own_records.donations_of(person.email))
        shown = _locked(own_records.claims_of(person.email))
        if why := obstacle(person):
            raise NotYetError(why)
        bookings = _locked(own_records.bookings_of(person.email))
        seats = _locked(own_records.registrations_of(person.email))
        _forget_mails(person, donations, bookings, seats)
        _forget_donations(donations)
        _forget_claims(shown)
        _forget_seats(seats)
        _forget_bookings(bookings)
        own_records.hosts_of(person.email).delete()
        own_records.invitations_of(person.email).delete()
        _forget_acknowledgements(person.email)
        DeliveryProblem.objects.filter(email__iexact=person.email).delete()
        list_invitations.forget(person.email)
        accounts.forget(person.email)
        erasures.note(person.email)
        kept_forms.forget_address(person.email)
        blocking.forget_address(person.email)
        person.delete()
        # Files that are being written may have read the rows as they were: so after the commit.
        campaigns = {one.campaign_id for one in donations} | {one.campaign_id for one in shown}
        campaigns |= {one.workshop.campaign_id for one in bookings}
        campaigns |= {one.booking.workshop.campaign_id for one in seats}
        transaction.on_commit(partial(forgetting.throw_away, campaigns))


def _locked(rows: QuerySet[_Row]) -> list[_Row]:
    """Lock rows by number, as everybody who locks several does."""
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))


def _give_seats_back(email: str, gateway: Gateway) -> None:
    """Free the address's coming seats; people who came along keep theirs."""
    for seat in own_records.registrations_of(email):
        booking = Booking.objects.select_related("workshop").get(pk=seat.booking_id)
        # One that somebody else is still paying for is theirs to end.
        if booking.state != BookingState.CONFIRMED or not _is_coming(booking):
            continue
        if not seat_changes.give_one_back(seat):
            cancelling.cancel_seat(booking, gateway=gateway)
    for booking in own_records.bookings_of(email).filter(state__in=_RUNNING):
        others = booking.registrations.exclude(email="").exclude(email__iexact=email)
        # Only a confirmed seat is theirs already: a wait or an unpaid hold is its payer's own.
        stays = booking.state == BookingState.CONFIRMED and others.exists()
        if _is_coming(booking) and not stays:
            cancelling.cancel_seat(booking, gateway=gateway)


def _is_coming(booking: Booking) -> bool:
    """Whether there is a seat to give back. A cancelled workshop's is none, and keeps its money."""
    running = booking.state in _RUNNING and booking.workshop.ends_at > clock.now()
    return running and cancelling.can_end(booking)


def _forget_mails(
    person: Person,
    donations: Sequence[Donation],
    bookings: Sequence[Booking],
    seats: Sequence[Registration],
) -> None:
    """Delete the mails that wait; of those that went only kind and time stay."""
    written = personal_data.messages_of(person, bookings, seats, donations)
    waiting = {MessageState.QUEUED, MessageState.SENDING, MessageState.HELD}
    rows = Message.objects.filter(pk__in=[one.pk for one in written])
    rows.filter(state__in=waiting).delete()
    rows.exclude(error="").update(error="")  # a mail server's refusal names the address
    rows.filter(ids__has_key="email").update(ids={})  # whose seat is somebody else's


def _forget_donations(donations: Sequence[Donation]) -> None:
    orders = RefundOrder.objects.filter(donation__in=[one.pk for one in donations])
    orders.update(reason="")
    for donation in donations:
        kept = {**donation.session_parameters}
        kept.pop("customer_email", None)
        Donation.objects.filter(pk=donation.pk).update(
            **_NOBODY, session_parameters=kept, link_version=donation.link_version + 1
        )


def _forget_acknowledgements(email: str) -> None:
    """Take an officer's name and address away; that a charity acknowledged a transfer stays."""
    own_records.acknowledgements_of(email).update(
        email="",
        officer_name="",
        officer_role="",
        shows_name=False,
        link_version=F("link_version") + 1,
    )


def _forget_claims(claims_of_person: Sequence[Claim]) -> None:
    """Empty the rows; the receipts go once that is committed."""
    for claim in claims_of_person:
        transaction.on_commit(partial(receipt_files.forget, str(claim.file.name or "")))
        claim.name = claim.email = claim.message = claim.reference = claim.answer = ""
        claim.file.name = claim.file_sum = claim.client_hash = ""
        claim.hide_name = True
        claim.link_version += 1
        claim.save()


def _forget_seats(seats: Sequence[Registration]) -> None:
    numbers = [one.pk for one in seats]
    Device.objects.filter(registration__in=numbers).delete()
    PersonNote.objects.filter(registration__in=numbers).delete()
    for seat in seats:
        seat.name = seat.email = seat.time_zone = seat.language = ""
        seat.answers, seat.wants_reminders, seat.joined_at = {}, False, None
        seat.marked_at = None
        seat.link_version += 1
        seat.save()


_FORGOTTEN: Final = (
    "name",
    "email",
    "time_zone",
    "decline_reason",
    "wants_news",
    "invitation",
    "utm",
    "link_version",
)


def _forget_bookings(bookings: Sequence[Booking]) -> None:
    for booking in bookings:
        booking.name = booking.email = booking.time_zone = ""
        booking.decline_reason, booking.wants_news = "", False
        booking.invitation, booking.utm = None, {}
        booking.link_version += 1
        booking.save(update_fields=_FORGOTTEN)


def forget_attempts(donations: Sequence[Donation], bookings: Sequence[Booking]) -> None:
    """Empty locked rows of what came to nothing; within a transaction."""
    _forget_donations(donations)
    seats = Registration.objects.filter(booking__in=[one.pk for one in bookings])
    _forget_seats(_locked(seats))
    _forget_bookings(bookings)
