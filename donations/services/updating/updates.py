"""Updates: written, looked at, published once: on the campaign's page, and by mail to who agreed.

Who gets one: whoever gave to the campaign, has something left of the gift, and ticked that news are
welcome; each address once, none whose mails come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.db.models import Q

from donations.models import CampaignUpdate, Donation
from donations.services import totals
from events.models import Booking, Campaign, Message
from events.services import access
from events.services.mails import problems
from fundraiser.core import clock, jobs
from fundraiser.core.errors import ServiceError
from fundraiser.core.retrying import tried_again

_BATCH: Final = 1000
#: A seat's giver agreed with the booking, and may have taken it back there.
AGREED: Final = Q(booking__wants_news=True) | Q(booking=None, wants_news=True)

#: {"fr": {"title": …, "body": …}}
Words = dict[str, dict[str, str]]


class PublishedAlreadyError(ServiceError):
    """It is published: what people have in their mailbox cannot be changed any more."""

    code = "published_already"


def draft(
    *,
    campaign: Campaign,
    author: AbstractBaseUser | AnonymousUser,
    title: str,
    body: str,
    translations: Words,
) -> CampaignUpdate:
    """Keep an update that nobody sees yet, in the campaign's language and in others."""
    return CampaignUpdate.objects.create(
        campaign=campaign,
        author_id=author.pk,
        title=title,
        body=body,
        language=campaign.language,
        translations=translations,
        created_at=clock.now(),
    )


def rewrite(update: CampaignUpdate, *, title: str, body: str, translations: Words) -> None:
    """Change an update that nobody saw yet. Raises PublishedAlreadyError."""
    rows = CampaignUpdate.objects.filter(pk=update.pk, published_at=None)
    if rows.update(title=title, body=body, translations=translations) != 1:
        raise PublishedAlreadyError(str(update.pk))


def discard(update: CampaignUpdate) -> None:
    """Throw an update away that nobody saw yet. Raises PublishedAlreadyError."""
    deleted, _ = CampaignUpdate.objects.filter(pk=update.pk, published_at=None).delete()
    if not deleted:
        raise PublishedAlreadyError(str(update.pk))


def recipients(campaign: Campaign) -> Sequence[Donation]:
    """Return one gift of each address that would get an update by mail now, the latest one."""
    rows = Donation.objects.filter(AGREED, campaign=campaign, net_minor__gt=0).exclude(email="")
    found: dict[str, Donation] = {}
    for row in rows.only("pk", "email").order_by("-paid_at", "-pk"):
        found.setdefault(row.email.lower(), row)
    stopped = problems.stopped(found)
    return [row for email, row in found.items() if email not in stopped]


@tried_again
def publish(update: CampaignUpdate) -> bool:
    """Show an update on the campaign's page, and queue its mails; return whether this call did.

    Raises SuspendedError.
    """
    access.not_suspended(update.campaign)
    with transaction.atomic():
        now = clock.now()
        rows = CampaignUpdate.objects.filter(pk=update.pk, published_at=None)
        if rows.update(published_at=now) != 1:
            return False
        mails = [
            Message(
                key=f"campaign_update:{update.pk}:{row.pk}",
                kind="campaign_update",
                ids={"update": update.pk, "donation": row.pk},
                due_at=now,
                created_at=now,
            )
            for row in recipients(update.campaign)
        ]
        Message.objects.bulk_create(mails, batch_size=_BATCH, ignore_conflicts=True)
        totals.move_campaign(update.campaign, ())  # its page shows it: a new version
        jobs.enqueue("events.send_due_messages")
    return True


def mailed(update: CampaignUpdate) -> int:
    """Return how many mails an update made."""
    return Message.objects.filter(key__startswith=f"campaign_update:{update.pk}:").count()


def wants(donation: Donation) -> bool:
    """Return whether a giver still wants updates."""
    booking = donation.booking
    return booking.wants_news if booking is not None else donation.wants_news


def set_wanted(donation: Donation, *, wanted: bool) -> None:
    """Write whether a giver wants news of the campaign's team.

    Ending them takes back every consent of the address with this team; undoing gives this one back.
    """
    if wanted:
        Donation.objects.filter(pk=donation.pk).update(wants_news=True)
        Booking.objects.filter(donations=donation).update(wants_news=True)
        return
    team, email = donation.campaign.team_id, donation.email
    if not email:
        return
    with transaction.atomic():
        given = Donation.objects.filter(email__iexact=email, campaign__team=team, wants_news=True)
        given.update(wants_news=False)
        booked = Booking.objects.filter(
            email__iexact=email, workshop__campaign__team=team, wants_news=True
        )
        booked.update(wants_news=False)
