"""One link, several browsers: a link that is used at two places at once is replaced.

The rule and its reasons are in docs/adr/0018-one-link-two-places.md. What a browser may do follows
from the version of the link that it came with:

1. the person's present version: it may come in, unless others came in with the same version from
   another network since the room opened; then the link is replaced and mailed anew;
2. an older version that was replaced by this rule alone: the browsers that were in go on with it,
   and any other is told where the fresh one is;
3. any other older version: revoked (the seat was handed on), and nobody comes in with it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, TextChoices

from events.models import Booking, DeliveryProblem, Device, Message, Registration
from events.services.attendees import attendee
from events.services.mails import outbox
from events.services.room import joining
from events.states import BookingState, MessageState
from fundraiser.core import clock
from fundraiser.core.http import DeadLinkError

FRESH_LINK: Final = "fresh_link"
#: Fresh links that a person is mailed for one workshop; afterwards everybody with one is let in.
MOST_FRESH_LINKS: Final = 3
#: Where the mail with the fresh link has not left by then, the visitor is let in without it.
MAIL_PATIENCE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser by the random number in its cookie, and its network as a keyed hash."""

    device: UUID
    network: str


class Answer(TextChoices):
    """Whether a browser may come in."""

    WELCOME = "welcome"
    #: The link is in use at another place; a fresh one is in the owner's mailbox.
    ELSEWHERE = "elsewhere"


def look(registration: Registration, link_version: int, device: UUID | None) -> Answer:
    """Return what a browser with this link would be told now, and change nothing.

    Raises DeadLinkError for a link that was revoked.
    """
    if link_version == registration.link_version:
        return Answer.WELCOME
    if not only_replaced(registration, since=link_version):
        raise DeadLinkError
    if _is_known(registration, device) or not _mail_can_be_had(registration):
        return Answer.WELCOME
    return Answer.ELSEWHERE


def admit(registration: Registration, link_version: int, visitor: Visitor) -> Answer:
    """Let a browser in, or replace the link and mail a fresh one; the rule stands above.

    Raises DeadLinkError for a link that was revoked or whose seat was given back meanwhile.
    """
    with transaction.atomic():
        locked = _locked(registration)
        answer = look(locked, link_version, visitor.device)
        known = _is_known(locked, visitor.device)
        current = link_version == locked.link_version
        if current and not known and _is_elsewhere(locked, visitor):
            answer = _replace(locked)
        if answer == Answer.WELCOME:
            _remember(locked, link_version, visitor, known=known)
    return answer


def _locked(registration: Registration) -> Registration:
    """Lock the person's row and return it; DeadLinkError where the seat was given back.

    The booking comes first, in the order of all locks; the row of a mail points to both.
    """
    booking = Booking.objects.select_for_update(no_key=True).get(pk=registration.booking_id)
    locked = Registration.objects.select_for_update(no_key=True).filter(pk=registration.pk).first()
    if locked is None or booking.state != BookingState.CONFIRMED:
        raise DeadLinkError
    locked.booking = registration.booking
    return locked


def only_replaced(registration: Registration, *, since: int) -> bool:
    """Whether every version of a link after ``since`` came from this rule: each has its mail.

    Then an older link is still the same person's. Handing a seat over, or erasing its person,
    raises the version without such a mail.
    """
    keys = [_key(registration, version) for version in _later(registration, since)]
    return Message.objects.filter(key__in=keys).count() == len(keys)


def _later(registration: Registration, since: int) -> range:
    return range(since + 1, registration.link_version + 1)


def _key(registration: Registration, version: int) -> str:
    return f"{FRESH_LINK}:{registration.pk}:{version}"


def _is_known(registration: Registration, device: UUID | None) -> bool:
    """Whether a browser was let in before, with a link that was not revoked since."""
    row = registration.devices.filter(token=device).first() if device else None
    return row is not None and only_replaced(registration, since=row.link_version)


def _is_elsewhere(registration: Registration, visitor: Visitor) -> bool:
    """Whether others came in with this version from another network since the room opened.

    We do not see who leaves a room, so "at once" is the whole time that it is open.
    """
    since = joining.opens_at(registration.booking.workshop)
    others = registration.devices.filter(
        link_version=registration.link_version, last_seen_at__gte=since
    )
    networks = set(others.values_list("client_hash", flat=True))
    return bool(networks) and visitor.network not in networks


def _replace(registration: Registration) -> Answer:
    """Raise the link's version and mail the fresh one, unless that was done often enough."""
    mailed = Message.objects.filter(registration=registration, kind=FRESH_LINK).count()
    has_address = bool(attendee(registration).email)
    if mailed >= MOST_FRESH_LINKS or not has_address or _bounced(registration):
        return Answer.WELCOME
    registration.link_version += 1
    registration.save(update_fields=["link_version"])
    outbox.queue(
        key=_key(registration, registration.link_version),
        kind=FRESH_LINK,
        registration=registration,
    )
    return Answer.ELSEWHERE


def _remember(
    registration: Registration, link_version: int, visitor: Visitor, *, known: bool
) -> None:
    now = clock.now()
    row, made = Device.objects.get_or_create(
        registration=registration,
        token=visitor.device,
        defaults={
            "link_version": link_version,
            "client_hash": visitor.network,
            "first_seen_at": now,
            "last_seen_at": now,
        },
    )
    if made:
        return
    # One that came back with a fresh link is measured by that one from now on.
    row.link_version = max(row.link_version, link_version) if known else link_version
    row.client_hash, row.last_seen_at = visitor.network, now
    row.save(update_fields=["link_version", "client_hash", "last_seen_at"])


def _mail_can_be_had(registration: Registration) -> bool:
    """Whether the latest fresh link is in a mailbox, or will be within a moment."""
    newest = (
        Message.objects.filter(registration=registration, kind=FRESH_LINK).order_by("-pk").first()
    )
    if newest is None or _bounced(registration):
        return False
    return newest.state == MessageState.SENT or newest.created_at > _patience_ends()


def _patience_ends() -> datetime:
    return clock.now() - MAIL_PATIENCE


def _bounced(registration: Registration) -> bool:
    rows = DeliveryProblem.objects.filter(
        email__iexact=attendee(registration).email, permanent=True, forgiven_at=None
    )
    return rows.exists()


def passed_on(campaign_ids: Collection[int], since: datetime) -> list[Registration]:
    """Return the people whose link was replaced as often as it may be, after ``since`` (aware)."""
    mailed = Message.objects.filter(
        kind=FRESH_LINK, workshop__campaign_id__in=campaign_ids, created_at__gt=since
    )
    often = mailed.values("registration_id").annotate(n=Count("pk")).filter(n__gte=MOST_FRESH_LINKS)
    rows = Registration.objects.filter(pk__in=often.values("registration_id"))
    return list(rows.select_related("booking__workshop__campaign").order_by("pk")[:100])


def masked(address: str) -> str:
    """Return an address as its owner recognises it and nobody else learns it: d…@example.org."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}…@{host}"
