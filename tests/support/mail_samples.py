"""Every kind of mail to attendees, made of rows that stand as each kind wants them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.utils.module_loading import import_string

from donations.models import CampaignTotal, Cancellation, CancellationChoice, Donation
from donations.services.mails import previews
from donations.states import Purpose
from events.models import Booking, Message, Registration, Workshop
from events.services.mails.default_words import default_words
from events.states import BookingState, WorkshopState
from fundraiser.core import clock
from fundraiser.mail_kinds import MAIL_KINDS
from tests.support.cast import make_campaign, make_workshop
from tests.support.own_mail_samples import own_mails

Renderer = Callable[[Message], EmailMultiAlternatives | None]

ROOM = "https://rooms.example.org/secret-room"
REPLAY = "https://videos.example.org/secret-replay"


def sample_workshop(*, raised_minor: int = 89_000, **values: Any) -> Workshop:
    """Return a workshop with everything that mails may show, in both languages.

    What was raised is the rollup's row alone: 0 where the invariants are looked at.
    """
    campaign = make_campaign(
        title="Clean water for Nepal", translations={"fr": {"title": "De l’eau pour le Népal"}}
    )
    if raised_minor:
        CampaignTotal.objects.create(
            campaign=campaign,
            currency="USD",
            gifts_minor=raised_minor,
            donors=31,
            updated_at=clock.now(),
        )
    defaults = {
        "title": "How to open a web shop",
        "translations": {"fr": {"title": "Ouvrir une boutique en ligne"}},
        "speakers": ["Ann", "Ben"],
        "join_url": ROOM,
    }
    return make_workshop(campaign, **{**defaults, **values})


def book(workshop: Workshop, *people: tuple[str, str], **values: Any) -> Booking:
    """Return a confirmed booking for (name, address) pairs; the first one pays nothing."""
    people = people or (("Dora", "dora@example.org"),)
    booking = Booking.objects.create(
        **{
            "workshop": workshop,
            "state": BookingState.CONFIRMED,
            "seats": len(people),
            "name": people[0][0],
            "email": people[0][1],
            "language": "en",
            "time_zone": "America/New_York",
            "confirmed_at": clock.now(),
            **values,
        }
    )
    for position, (name, email) in enumerate(people, 1):
        Registration.objects.create(booking=booking, position=position, name=name, email=email)
    if booking.holds_seats:
        taken = F("seats_taken") + len(people)
        Workshop.objects.filter(pk=workshop.pk).update(seats_taken=taken)
        workshop.refresh_from_db()
    return booking


def pay(booking: Booking) -> Donation:
    """Return a paid gift of 20 dollars behind a booking (a row only, without a ledger)."""
    return Donation.objects.create(
        campaign=booking.workshop.campaign,
        workshop=booking.workshop,
        booking=booking,
        state="paid",
        amount_minor=2000,
        net_minor=2000,
        currency="USD",
        name=booking.name,
        email=booking.email,
        language=booking.language,
        livemode=False,
        charge_id=f"ch_sample_{booking.pk}",
        purpose=Purpose.SEAT,
        session_expires_at=clock.now() + timedelta(hours=1),
        paid_at=clock.now(),
    )


def render(
    kind: str, registration: Registration, *, as_payer: bool = False, **ids: int | str
) -> EmailMultiAlternatives | None:
    """Return what the kind's renderer makes of a message to a person, just as the sender asks."""
    registration = Registration.objects.get(pk=registration.pk)
    booking = Booking.objects.select_related("workshop__campaign__team").get(
        pk=registration.booking_id
    )
    message = Message(
        key=uuid.uuid4().hex,
        kind=kind,
        booking=booking,
        registration=None if as_payer else registration,
        workshop=booking.workshop,
        schedule_version=booking.workshop.schedule_version,
        ids=ids,
        created_at=clock.now(),
    )
    renderer: Renderer = import_string(MAIL_KINDS[kind].renderer)
    return renderer(message)


def all_mails(language: str) -> dict[str, EmailMultiAlternatives]:
    """Return one mail of each kind and situation, by a name for it."""
    made = {
        **_before(language),
        **_ended(language),
        **_waiting(language),
        **_after(language),
        **_hosts(language),
        **_asked_for(language),
        **_in_own_words(language),
    }
    return {name: mail for name, mail in made.items() if mail is not None}


def _before(language: str) -> dict[str, EmailMultiAlternatives | None]:
    workshop = sample_workshop(starts_at=clock.now() + timedelta(hours=24))
    trio = (("Dora", "dora@example.org"), ("Eli", "eli@example.org"), ("", ""))
    group = book(workshop, *trio, language=language)
    pay(group)
    dora, eli, _ = group.registrations.order_by("position")
    soon = sample_workshop(starts_at=clock.now() + timedelta(minutes=10))
    starter = book(soon, language=language).registrations.get()
    return {
        "confirmation_group": render("confirmation", dora, as_payer=True),
        "confirmation_other": render("confirmation", eli),
        "reminder": render("reminder", dora, minutes=1440),
        "reminder_starting": render("reminder", starter, minutes=10),
        "changed": render("changed", dora),
        "fresh_link": render("fresh_link", dora),
        "seat_handed_over": render(
            "seat_handed_over",
            eli,
            email="former@example.org",
            name="Fay",
            language=language,
        ),
    }


def _asked_for(language: str) -> dict[str, EmailMultiAlternatives | None]:
    own = book(sample_workshop(), ("Gus", "gus@example.org"), language=language)
    return own_mails(own, pay(own))


def _ended(language: str) -> dict[str, EmailMultiAlternatives | None]:
    off = sample_workshop(state=WorkshopState.CANCELLED, cancel_note="Ann is ill.\nSorry!")
    person = book(off, language=language).registrations.get()
    pay(person.booking)
    given = book(sample_workshop(), state=BookingState.CANCELLED, language=language)
    pay(given)
    group = book(sample_workshop(), ("Dora", "dora@example.org"), ("Eli", ""), language=language)
    return {
        "cancelled": render("cancelled", person),
        "cancellation_choice": _choice(off, language),
        "moved": render("moved", group.registrations.first(), as_payer=True, source=off.pk),
        "seat_given_back": render("seat_given_back", given.registrations.get(), as_payer=True),
    }


def _choice(off: Workshop, language: str) -> EmailMultiAlternatives | None:
    """Ask who gave for a seat of a cancelled workshop, and offer another date."""
    asked = book(off, ("Ida", "ida@example.org"), language=language)
    pay(asked)
    deadline = clock.now() + timedelta(days=14)
    found = Cancellation.objects.create(workshop=off, deadline=deadline)
    found.dates.add(make_workshop(off.campaign, title="Once more"))
    CancellationChoice.objects.create(cancellation=found, booking=asked)
    return render("cancellation_choice", asked.registrations.get(), as_payer=True)


def _waiting(language: str) -> dict[str, EmailMultiAlternatives | None]:
    workshop = sample_workshop()
    values: dict[str, Any] = {"language": language, "confirmed_at": None}
    waits = book(workshop, state=BookingState.WAITING, **values)
    held = book(
        workshop,
        state=BookingState.HELD,
        offered_at=clock.now(),
        hold_expires_at=clock.now() + timedelta(hours=12),
        **values,
    )
    return {
        "waiting_joined": render("waiting_joined", waits.registrations.get()),
        "waiting_offer": render("waiting_offer", held.registrations.get()),
    }


def _after(language: str) -> dict[str, EmailMultiAlternatives | None]:
    over = sample_workshop(starts_at=clock.now() - timedelta(hours=5), replay_url=REPLAY)
    there, absent = (book(over, language=language).registrations.get() for _ in range(2))
    Registration.objects.filter(pk=there.pk).update(attended=True)
    Registration.objects.filter(pk=absent.pk).update(attended=False)
    return {
        "thank_you": render("thank_you", there),
        "thank_you_absent": render("thank_you", absent),
        "replay": render("replay", there),
    }


def _in_own_words(language: str) -> dict[str, EmailMultiAlternatives | None]:
    """Return the mails that are in no other sample, kept in an organizer's words (ours)."""
    workshop = sample_workshop()
    return {
        f"{kind}_own": previews.of_kind(
            workshop,
            kind,
            language,
            **asdict(default_words(kind, language)),
            name="Dora",
            email="dora@example.org",
        )
        for kind in (
            "confirm_address",
            "processing",
            "payment_failed",
            "payment_problem",
            "refund",
            "host_link",
        )
    }


def _hosts(language: str) -> dict[str, EmailMultiAlternatives | None]:
    def to_host(kind: str, **values: Any) -> EmailMultiAlternatives | None:
        workshop = sample_workshop(**values)
        host = workshop.hosts.create(name="Ann", email="ann@example.org", language=language)
        ids = {"host": host.pk, "version": workshop.schedule_version}
        message = Message(kind=kind, workshop=workshop, ids=ids, created_at=clock.now())
        renderer: Renderer = import_string(MAIL_KINDS[kind].renderer)
        return renderer(message)

    off = {"state": WorkshopState.CANCELLED, "cancel_note": "Ann is ill."}
    return {
        "host_reminder": to_host("host_reminder"),
        "host_changed": to_host("host_changed"),
        "host_cancelled": to_host("host_cancelled", **off),
    }
