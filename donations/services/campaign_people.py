"""Everybody of a campaign, who gave and who came, each address once. For owners and organizers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from donations.models import Donation
from donations.services import people_list
from events.models import Campaign, Registration
from events.services.attendees import attendee
from events.states import BookingState
from fundraiser.core.money import Money

#: Parameter of the address -> what it may be.
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "gift": ("yes", "no"),
    "seat": ("yes", "no"),
    "attended": ("yes",),
    "news": ("yes",),
    "marked": ("yes",),
    "sort": ("name", "newest", "gift"),
}
_STATES: Final = (BookingState.CONFIRMED, BookingState.WAITING, BookingState.NEEDS_ATTENTION)


@dataclass(slots=True)
class Somebody:
    """One address: what is left of its gifts, its workshops, and what it agreed to.

    ``news``: whether it asked, on a form, to be told of what comes next.
    """

    email: str
    name: str
    given: Money
    latest: datetime
    news: bool = False
    marked: bool = False
    attended: int = 0
    workshops: list[str] = field(default_factory=list)


def hides_gifts(campaign: Campaign) -> bool:
    """Whether seats of one of its workshops are carried by others: nothing may tell whose."""
    return campaign.workshops.filter(surplus_minimum_minor__isnull=False).exists()


def choices_of(campaign: Campaign) -> Mapping[str, tuple[str, ...]]:
    """Return what the list of everybody may be asked for."""
    return people_list.without_gifts(CHOICES) if hides_gifts(campaign) else CHOICES


def of_campaign(campaign: Campaign, language: str) -> list[Somebody]:
    """Return everybody with a paid gift, a seat, or a place in line: three queries."""
    found: dict[str, Somebody] = {}
    told = not hides_gifts(campaign)
    gifts = Donation.objects.paid().filter(campaign=campaign).exclude(email="")
    for gift in gifts.select_related("booking").order_by("paid_at", "pk"):
        one = _somebody(found, campaign, gift.email, gift.name, gift.paid_at or gift.created_at)
        if told:
            one.given += Money(max(gift.net_minor, 0), campaign.currency)
    seats = Registration.objects.filter(
        booking__workshop__campaign=campaign, booking__state__in=_STATES
    )
    titles: dict[int, str] = {}
    for seat in seats.select_related("booking__workshop").order_by("created_at", "pk"):
        person, booking = attendee(seat), seat.booking
        if not person.email:
            continue
        one = _somebody(found, campaign, person.email, person.name, seat.created_at)
        workshop = booking.workshop
        workshop.campaign = campaign
        title = titles.setdefault(workshop.pk, workshop.text("title", language))
        if title not in one.workshops:
            one.workshops.append(title)
        one.attended += int(bool(seat.attended))
        one.marked = one.marked or seat.marked_at is not None
        own = person.email.lower() == booking.email.lower()
        one.news = one.news or (own and booking.wants_news)
    return list(found.values())


def _somebody(
    found: dict[str, Somebody], campaign: Campaign, email: str, name: str, at: datetime
) -> Somebody:
    nothing = Money(0, campaign.currency)
    one = found.setdefault(email.lower(), Somebody(email, name, nothing, at))
    one.latest = max(one.latest, at)
    one.name = name or one.name
    return one


def found(everybody: Iterable[Somebody], search: str, chosen: Mapping[str, str]) -> list[Somebody]:
    """Return those whom words and filters let through, in the order asked for."""
    words = search.lower()
    rows = [
        one
        for one in everybody
        if (not words or words in one.name.lower() or words in one.email.lower())
        and all(_is(one, name, value) for name, value in chosen.items() if value)
    ]
    if chosen["sort"] == "gift":
        return sorted(rows, key=lambda one: (-one.given.minor, one.email.lower()))
    if chosen["sort"] == "newest":
        return sorted(rows, key=lambda one: one.latest, reverse=True)
    return sorted(rows, key=lambda one: (one.name.lower(), one.email.lower()))


def _is(one: Somebody, name: str, value: str) -> bool:
    facts = {
        "gift": bool(one.given),
        "seat": bool(one.workshops),
        "attended": bool(one.attended),
        "news": one.news,
        "marked": one.marked,
    }
    return name == "sort" or facts[name] == (value == "yes")
