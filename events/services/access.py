"""One door per object: views get rows here, and nowhere else."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from events.models import (
    Announcement,
    Booking,
    Campaign,
    Host,
    Membership,
    Person,
    Registration,
    Team,
    Workshop,
)
from events.querysets import CampaignQuerySet
from events.services.visible_workshops import VISIBLE_WORKSHOP
from events.states import CampaignState, Role, TeamState
from fundraiser.core import links
from fundraiser.core.http import DeadLinkError, TellingError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

BOOKING_LINK = "booking"
CONFIRM_LINK = "confirm-address"
JOIN_LINK = "join"
REGISTRATION_LINK = "registration"
SEAT_LINK = "seat"
UNSUBSCRIBE_LINK = "unsubscribe"
HOST_LINK = "host"
PERSON_LINK = "person"
STAGE_LINK = "stage"
NOTICE_LINK = "notice"
HOST_REMINDERS_LINK = "host-reminders"


class SuspendedError(TellingError):
    """An admin suspended the campaign, or its team: nothing is shown, taken, or written to many.

    410 and not 404: the address is right, and search engines and caches should forget the page.
    """

    template = "campaigns/suspended.html"
    status = 410


#: These members see addresses and change things; a viewer sees numbers.
EDITORS = (Role.OWNER, Role.ORGANIZER)
MEMBERS = (*EDITORS, Role.VIEWER)

_Row = TypeVar("_Row", Booking, Registration, Host, Person)


def campaign_for_visitor(slug: str, rows: CampaignQuerySet | None = None) -> Campaign:
    """Return a campaign that anybody may see; Http404 otherwise (a draft included).

    ``rows``: all campaigns, with what else is read in the same query. Raises SuspendedError for
    one that an admin suspended.
    """
    rows = Campaign.objects.all() if rows is None else rows
    return not_suspended(get_object_or_404(rows.visible().select_related("team"), slug=slug))


def workshop_for_visitor(campaign_slug: str, slug: str) -> Workshop:
    """Return a workshop that anybody may see, with its campaign; Http404 or SuspendedError."""
    workshop = VISIBLE_WORKSHOP.first(campaign_slug=campaign_slug, slug=slug)
    if workshop is None:
        raise Http404
    campaign = workshop.campaign
    if campaign.state == CampaignState.DRAFT or campaign.team.state == TeamState.PENDING:
        raise Http404
    not_suspended(campaign)
    return workshop


def not_suspended(campaign: Campaign) -> Campaign:
    """Return the campaign, with its team; raises SuspendedError where an admin suspended it."""
    if campaign.is_suspended:
        raise SuspendedError
    return campaign


def _link(purpose: str, token: str) -> links.Link:
    """Return what a signed link says; DeadLinkError for one that is none of ours."""
    try:
        return links.read(purpose, token)
    except links.InvalidLinkError as error:
        raise DeadLinkError from error


def _read(purpose: str, token: str, rows: QuerySet[_Row]) -> _Row:
    """Return the row that a signed link is for; DeadLinkError for a wrong or revoked one."""
    link = _link(purpose, token)
    found = rows.filter(public_id=link.public_id, link_version=link.version).first()
    if found is None:
        raise DeadLinkError
    return found


def booking_for_link(token: str, purpose: str = BOOKING_LINK) -> Booking:
    """Return the booking that a signed link is for; DeadLinkError for a wrong or revoked one."""
    return _read(purpose, token, Booking.objects.select_related("workshop__campaign__team"))


def registration_for_link(token: str, purpose: str) -> Registration:
    """Return the person that a signed link is for; DeadLinkError for a wrong or revoked one."""
    rows = Registration.objects.select_related("booking__workshop__campaign__team")
    return _read(purpose, token, rows)


def registration_for_joining(token: str) -> tuple[Registration, int]:
    """Return the person of a link into the room, and the version that the link was made for.

    An older version is not refused here: a link that was used at two places is replaced, and the
    first of them goes on with it (services/room/devices.py decides). DeadLinkError for a wrong one.
    """
    return _registration_of_any_version(JOIN_LINK, token)


def registration_for_unsubscribing(token: str) -> tuple[Registration, int]:
    """Return the person whose mails a link ends, and the version that the link was made for.

    As for joining: services/room/devices.py tells whether an older one is still the same person's.
    """
    return _registration_of_any_version(UNSUBSCRIBE_LINK, token)


def _registration_of_any_version(purpose: str, token: str) -> tuple[Registration, int]:
    link = _link(purpose, token)
    rows = Registration.objects.select_related("booking__workshop__campaign__team")
    found = rows.filter(public_id=link.public_id, link_version__gte=link.version).first()
    if found is None:
        raise DeadLinkError
    return found, link.version


def host_for_link(token: str, purpose: str = HOST_LINK) -> Host:
    """Return the host that a signed link is for; DeadLinkError for a wrong or revoked one."""
    return _read(purpose, token, Host.objects.select_related("workshop__campaign__team"))


def person_for_link(token: str) -> Person:
    """Return the person that a signed link is for; DeadLinkError for a wrong or revoked one."""
    return _read(PERSON_LINK, token, Person.objects.all())


def booking_link(booking: Booking, purpose: str = BOOKING_LINK) -> str:
    """Return the token that opens the booking for one purpose."""
    return links.make(purpose, UUID(str(booking.public_id)), booking.link_version)


def registration_link(registration: Registration, purpose: str = JOIN_LINK) -> str:
    """Return the token of one person for one purpose: into the room, unless told otherwise."""
    return links.make(purpose, UUID(str(registration.public_id)), registration.link_version)


def host_link(host: Host, purpose: str = HOST_LINK) -> str:
    """Return a host's token: it opens the room, unless told otherwise."""
    return links.make(purpose, UUID(str(host.public_id)), host.link_version)


def person_link(person: Person) -> str:
    """Return the token of the page of one address."""
    return links.make(PERSON_LINK, UUID(str(person.public_id)), person.link_version)


def stage_link(campaign: Campaign) -> str:
    """Return the token of a campaign's on-stage page."""
    return links.make(STAGE_LINK, UUID(str(campaign.public_id)), campaign.stage_version)


def campaign_for_stage(token: str) -> Campaign:
    """Return the campaign of an on-stage page; DeadLinkError for a wrong or revoked address."""
    link = _link(STAGE_LINK, token)
    rows = Campaign.objects.filter(public_id=link.public_id, stage_version=link.version)
    found = rows.select_related("team").first()
    if found is None:
        raise DeadLinkError
    return not_suspended(found)


def campaigns_of(user: AbstractBaseUser | AnonymousUser, *, is_admin: bool) -> CampaignQuerySet:
    """Return the campaigns that a signed-in person works on; all of them for an admin."""
    rows = Campaign.objects.select_related("team").order_by("-created_at")
    return rows if is_admin else rows.of_member(user)


def edited_teams(user: AbstractBaseUser | AnonymousUser, *, is_admin: bool) -> set[int]:
    """Return the ids of the teams where a person may change things; all of them for an admin."""
    if is_admin:
        return set(Team.objects.values_list("pk", flat=True))
    mine = Membership.objects.filter(user_id=user.pk or 0, role__in=EDITORS)
    return set(mine.values_list("team_id", flat=True))


def campaign_for_member(
    user: AbstractBaseUser | AnonymousUser, public_id: UUID, roles: Container[str] = EDITORS
) -> Campaign:
    """Return a campaign of the person's teams, or any for an admin of the site.

    Raises Http404 for another team's, PermissionDenied where the role does not allow it.
    """
    campaign = get_object_or_404(Campaign.objects.select_related("team"), public_id=public_id)
    _require_role(user, campaign.team_id, roles)
    return campaign


def _require_role(
    user: AbstractBaseUser | AnonymousUser, team_id: int, roles: Container[str]
) -> None:
    """Refuse who has no role in a team by Http404, and who has another one by PermissionDenied."""
    if getattr(user, "is_superuser", False):
        return
    mine = Membership.objects.filter(team_id=team_id, user_id=user.pk or 0)
    role = mine.values_list("role", flat=True).first()
    if role is None:
        raise Http404
    if role not in roles:
        raise PermissionDenied


def workshop_for_member(
    user: AbstractBaseUser | AnonymousUser, public_id: UUID, roles: Container[str] = EDITORS
) -> Workshop:
    """Return a workshop of the person's teams, or any for an admin of the site.

    Raises Http404 for another team's, PermissionDenied where the role does not allow it.
    """
    rows = Workshop.objects.select_related("campaign__team")
    workshop = get_object_or_404(rows, public_id=public_id)
    _require_role(user, workshop.campaign.team_id, roles)
    return workshop


def may_edit(user: AbstractBaseUser | AnonymousUser, campaign: Campaign) -> bool:
    """Return whether a person may see the campaign's people by name, and change things."""
    if getattr(user, "is_superuser", False):
        return True
    mine = Membership.objects.filter(team_id=campaign.team_id, user_id=user.pk or 0)
    return mine.filter(role__in=EDITORS).exists()


def is_owner(user: AbstractBaseUser | AnonymousUser, campaign: Campaign) -> bool:
    """Return whether a person may decide where the campaign's money lands."""
    if getattr(user, "is_superuser", False):
        return True
    mine = Membership.objects.filter(team_id=campaign.team_id, user_id=user.pk or 0)
    return mine.filter(role=Role.OWNER).exists()


def person_of_workshop(workshop: Workshop, public_id: UUID) -> Registration:
    """Return one person of a workshop with the booking; Http404 for another workshop's."""
    rows = Registration.objects.select_related("booking__workshop__campaign__team")
    return get_object_or_404(rows, public_id=public_id, booking__workshop=workshop)


def announcement_of(workshop: Workshop, public_id: UUID) -> Announcement:
    """Return one of a workshop's own messages, with ``workshop`` itself; Http404 for another's."""
    found = get_object_or_404(Announcement, public_id=public_id, workshop=workshop)
    found.workshop = workshop
    return found


def host_of(workshop: Workshop, public_id: UUID) -> Host:
    """Return one of a workshop's speakers; Http404 for another workshop's."""
    return get_object_or_404(Host, public_id=public_id, workshop=workshop)


def memberships_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Membership]:
    """Return a signed-in person's places in teams, by the team's name."""
    rows = Membership.objects.filter(user_id=user.pk or 0).select_related("team")
    return rows.order_by("team__name")


def membership_link(membership: Membership, kind: str) -> str:
    """Return the token that ends one kind of notice for a member, without signing in."""
    return links.make(f"{NOTICE_LINK}:{kind}", UUID(int=membership.pk))


def membership_for_link(token: str, kind: str) -> Membership:
    """Return the member whose notices of a kind a link ends; DeadLinkError for a wrong one."""
    link = _link(f"{NOTICE_LINK}:{kind}", token)
    rows = Membership.objects.select_related("team", "user")
    found = rows.filter(pk=link.public_id.int).first() if link.public_id.int < 2**63 else None
    if found is None:
        raise DeadLinkError
    return found
