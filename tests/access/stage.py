"""The stage of the access matrix: one of each object, seven people, every address of the site."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from donations.models import ConnectedAccount, Donation, Export
from donations.services.claim_links import CLAIM_LINK
from donations.services.connecting.doors import ONBOARDING_LINK
from donations.services.links import GIFT_LINK
from donations.services.parameters import CHECKOUT_LINK
from donations.services.remitting.doors import ACKNOWLEDGE_LINK
from donations.services.updating.doors import UPDATES_OFF_LINK
from events.models import (
    Announcement,
    Booking,
    Campaign,
    Host,
    Invitation,
    Membership,
    SitePage,
    Workshop,
)
from events.services.access import (
    BOOKING_LINK,
    CONFIRM_LINK,
    HOST_LINK,
    HOST_REMINDERS_LINK,
    JOIN_LINK,
    NOTICE_LINK,
    PERSON_LINK,
    REGISTRATION_LINK,
    SEAT_LINK,
    STAGE_LINK,
    UNSUBSCRIBE_LINK,
)
from events.services.access_people import INVITEE_LINK
from events.services.access_teams import INVITATION_LINK
from events.states import Role
from fundraiser.core import clock, links
from tests.access import money_rows, objects, own_pages
from tests.support.cast import make_campaign

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE")
#: An attendee has only the own link; the others try the attendee's with what they have.
PERSONS: Final = (
    "anonymous",
    "attendee",
    "other attendee",
    "viewer",
    "organizer",
    "other organizer",
    "admin",
)
SIGNED_IN: Final = ("viewer", "organizer", "other organizer", "admin")
#: What each address with a token is for.
PURPOSES: Final = {
    "checkout_return": CHECKOUT_LINK,
    "checkout_status": CHECKOUT_LINK,
    "checkout_apply": CHECKOUT_LINK,
    "checkout_cancelled": CHECKOUT_LINK,
    "checkout_release": CHECKOUT_LINK,
    "booking": BOOKING_LINK,
    "booking_calendar": BOOKING_LINK,
    "booking_cancel": BOOKING_LINK,
    "booking_refund": BOOKING_LINK,
    "booking_keep": BOOKING_LINK,
    "confirm_address": CONFIRM_LINK,
    "offer": BOOKING_LINK,
    "extend": BOOKING_LINK,
    "gift": GIFT_LINK,
    "gift_replay": GIFT_LINK,
    "join": JOIN_LINK,
    "join_status": JOIN_LINK,
    "replay": REGISTRATION_LINK,
    "unsubscribe": UNSUBSCRIBE_LINK,
    "unsubscribe_news": UNSUBSCRIBE_LINK,
    "unsubscribe_invitations": INVITEE_LINK,
    #: A speaker's, and an organizer's.
    "host_join": HOST_LINK,
    "unsubscribe_host": HOST_REMINDERS_LINK,
    "stage": STAGE_LINK,
    "stage_live": STAGE_LINK,
    "acknowledge": ACKNOWLEDGE_LINK,
    "updates_off": UPDATES_OFF_LINK,
    #: A member's, in truth; here the attendee holds it.
    "notice_off": f"{NOTICE_LINK}:new_gift",
    "invitation": INVITATION_LINK,
    #: The link of whoever signs for a Stripe account; here the attendee holds it.
    "onboarding": ONBOARDING_LINK,
    "onboarding_check": ONBOARDING_LINK,
    **own_pages.PURPOSES,
}
NOWHERE: Final = "admin:(any other address)"


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Yield every pattern of the URLconf with its name, namespace included."""
    return _walk(get_resolver(), "")


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            inner = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from _walk(one, inner)
        elif one.name:
            yield f"{prefix}{one.name}", one
        else:
            yield NOWHERE if prefix == "admin:" else f"{prefix}{one.pattern}", one


def takes_token(pattern: URLPattern) -> bool:
    """Whether an address is a signed link."""
    return "token" in pattern.pattern.regex.groupindex


@dataclass
class Stage:
    """What is visited. ``mine`` is the attendee's donation, ``others`` another attendee's."""

    workshop: Workshop
    mine: Donation
    others: Donation
    users: Mapping[str, User]
    sessions: dict[str, str] = field(default_factory=dict)
    #: The attendee's too, and paid: their own pages show everything of it.
    paid: Donation | None = None

    def client(self, person: str) -> Client:
        """Return a new browser with the person's session; signing out elsewhere left it alone."""
        client = Client(raise_request_exception=False)
        if person in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person]
        elif person in self.users:
            client.force_login(self.users[person])
            self.sessions[person] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client

    def call(self, person: str, method: str, name: str, pattern: URLPattern) -> HttpResponse:
        """Send one empty request to an address as the person would write it."""
        path = self.path(person, name, pattern)
        answer: Any = self.client(person).generic(method, path)
        return answer  # type: ignore[no-any-return]

    def path(self, person: str, name: str, pattern: URLPattern) -> str:
        """Return the address; where it is a link, only the attendee has the right one."""
        if name == NOWHERE:
            return "/admin/nowhere/"
        if pattern.name is None:  # allauth's own, for addresses of former versions
            return f"/accounts/{name}"
        known = objects.values_of(name, self.workshop)
        # A pattern knows nothing of what stands before it where it is included.
        outer = known if name in objects.VALUES else {}
        values = {
            key: known.get(key) or self._value(key, name, person)
            for key in {*_parameters(pattern), *outer}
        }
        return reverse(name, kwargs=values)

    def _value(self, key: str, name: str, person: str) -> str:
        if key == "token":
            shown = self.paid if name in own_pages.PURPOSES else None
            return self.token(person, PURPOSES[name], shown or self.mine)
        if key in {"public_id", "message_id", "host_id"}:
            return str(self._public_id(key, name))
        return {
            "kind": "new_gift" if name == "notice_off" else "reminder",
            "language": "en",
            "provider": "postmark",
            "position": "1",
            "donation": str((self.paid or self.mine).public_id),
            "year": str(clock.now().year),
            "currency": "USD",
            "slug": self.workshop.campaign.slug,
            "workshop_slug": self.workshop.slug,
            "colour": self.workshop.campaign.accent,
            "key": "no-such-key",
            "uidb36": "1",
            "app_label": "events",
            "content_type_id": str(ContentType.objects.get_for_model(Workshop).pk),
            "object_id": self._object_id(name),
            "id": str(self.users["organizer"].pk),
        }[key]

    def _public_id(self, key: str, name: str) -> uuid.UUID:
        """Return the number in an organizer’s address: the workshop’s, or of what is its own."""
        row: Any = self.workshop
        if key == "message_id":
            row = self.workshop.announcements.get()
        elif key == "host_id":
            row = self.workshop.hosts.get()
        elif name.startswith("refund_"):
            row = self.mine
        found: uuid.UUID = row.public_id
        return found

    def _object_id(self, name: str) -> str:
        """Return a row of the admin's page, or a number that no row has."""
        model = name.removeprefix("admin:").rpartition("_")[0].partition("_")[2]
        rows = {
            "workshop": self.workshop,
            "campaign": self.workshop.campaign,
            "team": self.workshop.campaign.team,
            "donation": self.mine,
            "booking": self.mine.booking,
            "user": self.users["organizer"],
        }
        row = self.workshop if name == "admin:view_on_site" else rows.get(model)
        return str(row.pk) if row is not None else "999999999"

    def token(self, person: str, purpose: str, shown: Donation | None = None) -> str:
        """Return the attendee's link; for everybody else the best that they could make up."""
        own = _link(shown or self.mine, purpose)
        theirs = _link(self.others, purpose)
        signature, other_signature = own.rpartition(".")[2], theirs.rpartition(".")[2]
        stem = own.removesuffix(signature)
        return {
            "attendee": own,
            "other attendee": stem + other_signature,
            "anonymous": own[:-1],
            "viewer": stem.rstrip("."),
            "organizer": links.make("another purpose", self.mine.public_id),
            "other organizer": own.replace(".1.", ".2."),
            "admin": links.make(purpose, uuid.uuid4()),
        }[person]


def _link(donation: Donation, purpose: str) -> str:
    booking = donation.booking
    assert booking is not None
    if purpose.startswith(NOTICE_LINK):
        before = Donation.objects.filter(campaign=donation.campaign, pk__lt=donation.pk).count()
        members = Membership.objects.filter(team=donation.campaign.team).order_by("pk")
        pks = [*members.values_list("pk", flat=True), 0, 1]
        return links.make(purpose, uuid.UUID(int=pks[before]))
    row = _row(donation, booking, purpose)
    version = row.stage_version if isinstance(row, Campaign) else row.link_version
    return links.make(purpose, row.public_id, version)


def _row(donation: Donation, booking: Booking, purpose: str) -> Any:
    """Return what a link is for; the other attendee holds none of a speaker or an organizer."""
    if purpose in {PERSON_LINK, SEAT_LINK, CLAIM_LINK}:
        return own_pages.row_of(donation, purpose)
    if purpose in {BOOKING_LINK, CONFIRM_LINK}:
        return booking
    if purpose in {JOIN_LINK, REGISTRATION_LINK, UNSUBSCRIBE_LINK}:
        return booking.registrations.get(position=1)
    workshop = booking.workshop
    is_first = not Booking.objects.filter(workshop=workshop, pk__lt=booking.pk).exists()
    if purpose in {INVITATION_LINK, INVITEE_LINK} and is_first:
        team = workshop.campaign.team
        rows = team.invitees if purpose == INVITEE_LINK else team.invitations
        return rows.first() or donation
    if purpose in {HOST_LINK, HOST_REMINDERS_LINK} and is_first:
        return workshop.hosts.first() or donation
    if purpose == ACKNOWLEDGE_LINK and is_first:
        return money_rows.asked(workshop) or donation
    if purpose == ONBOARDING_LINK and is_first:
        return workshop.campaign.team.connected_accounts.first() or donation
    return workshop.campaign if purpose == STAGE_LINK and is_first else donation


def _parameters(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.regex.groupindex)


@cache
def _password() -> str:
    """Return the hash of everybody's password, made once."""
    return make_password("long-password-1")


def people(workshop: Workshop) -> dict[str, User]:
    """Return the four who have an account: Bob, Alice, Charlie and the site's admin."""
    Host.objects.create(workshop=workshop, name="Ann", email="ann@example.org")
    objects.prepare(workshop)
    Announcement.objects.create(workshop=workshop, subject="Bring a pen", body="Please.")
    SitePage.objects.create(kind="privacy", language="en", body="We keep little.")
    Invitation.objects.create(
        team=workshop.campaign.team,
        email="zoe@example.org",
        role=Role.VIEWER,
        expires_at=clock.now() + timedelta(days=1),
    )
    money_rows.make(workshop)
    team, foreign = workshop.campaign.team, make_campaign(title="Charlie’s own").team
    users = {
        name: User.objects.create_user(f"{name[:5]}@example.org", f"{name[:5]}@example.org")
        for name in SIGNED_IN[:3]
    }
    Membership.objects.create(team=team, user=users["viewer"], role=Role.VIEWER)
    Membership.objects.create(team=team, user=users["organizer"], role=Role.OWNER)
    Membership.objects.create(team=foreign, user=users["other organizer"], role=Role.OWNER)
    users["admin"] = User.objects.create_superuser("root", "root@example.org")
    Export.objects.create(owner=users["organizer"], campaign=workshop.campaign, kind="totals")
    ConnectedAccount.objects.create(
        team=team, holder="charity", name="charity: water", stripe_account="acct_1", livemode=False
    )
    for user in users.values():  # as signing in with a proven address leaves it
        User.objects.filter(pk=user.pk).update(password=_password())
        user.refresh_from_db()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return users
