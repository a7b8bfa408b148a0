"""A workshop's way from draft to published, and back as long as nobody registered."""

from __future__ import annotations

from django.db import transaction

from events.models import Booking, Workshop
from events.services import campaigns
from events.services.room import hosts, rooms
from events.services.webhooks import outbox as webhooks
from events.states import CampaignState, WorkshopState
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError


class NotReadyError(ServiceError):
    """Something is missing; ``obstacles`` names it."""

    code = "not_ready"


class RegisteredError(ServiceError):
    """Somebody registered already, or asked to: it can be cancelled, but not hidden."""

    code = "registered"


def obstacles(workshop: Workshop) -> list[str]:
    """Return what keeps a draft from being published: "past", "closed", "text"."""
    found = []
    if workshop.starts_at <= clock.now():
        found.append("past")
    closes = workshop.registration_closes_at
    if closes is not None and closes <= clock.now():
        found.append("closed")
    if not (workshop.summary.strip() or workshop.description.strip()):
        found.append("text")
    return found


def hints(workshop: Workshop, languages: list[str]) -> list[str]:
    """Return what could be better, and keeps nobody from publishing.

    "campaign" (it is a draft itself), "room", "speakers", and "language" where a title is missing
    in one of ``languages`` (codes, without the one that it is written in).
    """
    found = []
    if workshop.campaign.state == CampaignState.DRAFT:
        found.append("campaign")
    if not rooms.is_set(workshop):
        found.append("room")
    if not workshop.speakers:
        found.append("speakers")
    if not all(workshop.translations.get(code, {}).get("title") for code in languages):
        found.append("language")
    return found


def publish(workshop_id: int) -> Workshop:
    """Let everybody see a draft, and return it; doing it twice is once.

    Speakers who were copied from another date get their links now. Raises NotReadyError.
    """
    with transaction.atomic():
        workshop = _locked(workshop_id)
        if workshop.state != WorkshopState.DRAFT:
            return workshop
        if found := obstacles(workshop):
            raise NotReadyError(", ".join(found))
        _move(workshop, WorkshopState.PUBLISHED)
        key = f"{workshop.pk}:{clock.now():%Y%m%d%H%M%S%f}"  # it may become a draft, and again
        webhooks.tell(
            "workshop.published",
            campaign_id=workshop.campaign_id,
            key=key,
            workshop=workshop.pk,
        )
        hosts.send_links(workshop)
    return workshop


def has_bookings(workshop: Workshop) -> bool:
    """Whether anybody registered or asked to, even if that came to nothing: money may follow."""
    return Booking.objects.filter(workshop=workshop).exists()


def unpublish(workshop_id: int) -> Workshop:
    """Make a published workshop a draft again. Raises RegisteredError.

    Seats are taken, and lines are joined, by who has the same row: nobody slips in between.
    """
    with transaction.atomic():
        workshop = _locked(workshop_id)
        if workshop.state != WorkshopState.PUBLISHED:
            return workshop
        if has_bookings(workshop):
            raise RegisteredError(str(workshop_id))
        _move(workshop, WorkshopState.DRAFT)
    return workshop


def _locked(workshop_id: int) -> Workshop:
    rows = Workshop.objects.select_related("campaign")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=workshop_id)


def _move(workshop: Workshop, state: WorkshopState) -> None:
    workshop.state = state
    workshop.save(update_fields=["state"])
    campaigns.content_changed(workshop.campaign_id)
