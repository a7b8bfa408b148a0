"""A form that goes on by a mailed link: the proof for who has no JavaScript.

Whoever opens the link has the mailbox; mails to one address are capped, so that this is no way
around the proof of work.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from donations.models import KeptForm
from events.models import Campaign
from events.services.mails import outbox
from events.services.seating.seats import Payer
from fundraiser.core import clock, links
from fundraiser.core.http import DeadLinkError

KEPT: Final = timedelta(days=1)
FINISH_LINK: Final = "finish"


def keep(
    *, campaign: Campaign, nonce: uuid.UUID, payer: Payer, path: str, fields: Mapping[str, str]
) -> None:
    """Keep a filled-in form for a day and mail the link; the same form again changes nothing."""
    with transaction.atomic():
        row, is_new = KeptForm.objects.get_or_create(
            nonce=nonce,
            defaults={
                "campaign": campaign,
                "path": path,
                "fields": dict(fields),
                "email": payer.email,
                "name": payer.name,
                "language": payer.language,
                "created_at": clock.now(),
            },
        )
        if is_new:
            outbox.queue(key=f"finish_form:{row.pk}", kind="finish_form", kept_form=row.pk)


def link(row: KeptForm) -> str:
    """Return the token of the page on which its giver goes on."""
    return links.make(FINISH_LINK, row.public_id, row.link_version)


def form_for_link(token: str) -> KeptForm:
    """Return the form behind a mailed link. Raises DeadLinkError."""
    try:
        read = links.read(FINISH_LINK, token)
    except links.InvalidLinkError as error:
        raise DeadLinkError from error
    found = _fresh().filter(public_id=read.public_id, link_version=read.version).first()
    if found is None:
        raise DeadLinkError
    return found


def is_proof(token: str, nonce: uuid.UUID) -> bool:
    """Whether a form came by the link that was mailed for this very gift."""
    try:
        return form_for_link(token).nonce == nonce
    except DeadLinkError:
        return False


def of_address(email: str) -> list[KeptForm]:
    """Return the kept forms in which an address stands, a companion's too.

    As a whole field: what holds it as a part of another address is somebody else's.
    """
    rows = KeptForm.objects.annotate(text=Cast("fields", TextField()))
    near = rows.filter(Q(email__iexact=email) | Q(text__icontains=email)).order_by("pk")
    wanted = email.strip().lower()
    return [
        one
        for one in near
        if wanted in {str(text).strip().lower() for text in (one.email, *one.fields.values())}
    ]


def forget_address(email: str) -> None:
    """Delete the kept forms in which an address stands."""
    KeptForm.objects.filter(pk__in=[one.pk for one in of_address(email)]).delete()


def forget() -> int:
    """Delete the forms that are older than a day; return how many."""
    return KeptForm.objects.filter(created_at__lte=clock.now() - KEPT).delete()[0]


def _fresh() -> QuerySet[KeptForm]:
    return KeptForm.objects.filter(created_at__gt=clock.now() - KEPT)
