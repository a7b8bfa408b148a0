"""A person asks for the links that were mailed: known or not, the same happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from donations.models import Acknowledgement, Claim, Donation
from events.models import Booking, Host, Invitee, Person, Registration
from events.services.mails import outbox
from fundraiser.core import clock

#: An address gets its links at most once in this time, however often somebody asks.
PAUSE: Final = timedelta(minutes=10)
#: A row of an address that is nobody's is dropped after this time.
_KEPT: Final = timedelta(days=1)


def ask(email: str, language: str) -> None:
    """Queue the mail with all links of an address.

    Known and unknown addresses cost the same: a row and a queued mail. Whether there is anything to
    tell is found out when the mail is written, and not while somebody waits (own_emails.links).
    """
    now = clock.now()
    with transaction.atomic():
        fresh = Person(email=email, language=language, created_at=now)
        Person.objects.bulk_create([fresh], ignore_conflicts=True)
        person = Person.objects.get(email__iexact=email)
        rested = Q(links_asked_at=None) | Q(links_asked_at__lte=now - PAUSE)
        rows = Person.objects.filter(rested, pk=person.pk)
        if rows.update(links_asked_at=now, language=language):
            key = f"links:{person.pk}:{int(now.timestamp())}"
            outbox.queue(key=key, kind="links", person=person.pk)


def forget_strangers() -> int:
    """Delete rows of addresses that were asked for and are nobody's; return how many."""
    same = {"email__iexact": OuterRef("email")}
    strangers = Person.objects.filter(
        ~Exists(Donation.objects.filter(**same)),
        ~Exists(Acknowledgement.objects.filter(**same)),
        ~Exists(Claim.objects.filter(**same)),
        ~Exists(Registration.objects.filter(**same)),
        ~Exists(Booking.objects.filter(**same)),
        ~Exists(Host.objects.filter(**same)),
        ~Exists(Invitee.objects.filter(**same)),
        links_asked_at__lte=clock.now() - _KEPT,
    )
    return strangers.delete()[0]
