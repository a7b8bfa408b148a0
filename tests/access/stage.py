"""The stage of the access matrix: one of each object, seven people, every address of the site."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from donations.models import Donation
from events.models import (
    Workshop,
)
from fundraiser.core import clock, links
from tests.access import objects, own_pages
from tests.access.tokens import PURPOSES, link_of

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
        own = link_of(shown or self.mine, purpose)
        theirs = link_of(self.others, purpose)
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


def _parameters(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.regex.groupindex)
