"""Speakers and helpers: who gets a link of their own into the room, and takes no seat."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F

from events.models import Host, Workshop
from events.services.mails import outbox
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError


class KnownHostError(ServiceError):
    """This address speaks at the workshop already."""

    code = "known_host"


def add(*, workshop: Workshop, name: str, email: str, language: str) -> Host:
    """Add a speaker and mail them their link. Raises KnownHostError."""
    if workshop.hosts.filter(email__iexact=email).exists():
        raise KnownHostError(email)
    try:
        with transaction.atomic():
            host = Host.objects.create(
                workshop=workshop,
                name=name,
                email=email,
                language=language,
                time_zone=workshop.time_zone,
                created_at=clock.now(),
            )
            _queue_link(host)
    except IntegrityError as error:  # Added by somebody else a moment ago.
        raise KnownHostError(email) from error
    return host


def renew_link(host: Host) -> None:
    """Make the speaker's old link worth nothing, and mail a new one."""
    with transaction.atomic():
        Host.objects.filter(pk=host.pk).update(link_version=F("link_version") + 1)
        host.refresh_from_db(fields=["link_version"])
        _queue_link(host)


def set_reminders(host: Host, *, wanted: bool) -> None:
    """Write whether a speaker wants to be reminded."""
    host.wants_reminders = wanted
    host.save(update_fields=["wants_reminders"])


def remove(host: Host) -> None:
    """Take a speaker off: the link is worth nothing, and mails that wait are not sent."""
    host.delete()


def send_links(workshop: Workshop) -> None:
    """Mail their links to the speakers who have not got them yet: copied from another date."""
    for host in workshop.hosts.all():
        _queue_link(host)


def _queue_link(host: Host) -> None:
    outbox.queue(
        key=f"host_link:{host.pk}:{host.link_version}",
        kind="host_link",
        workshop=host.workshop,
        host=host.pk,
        version=host.link_version,
    )
