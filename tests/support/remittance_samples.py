"""Mails about the money's way to the charity and what it did, made of rows as each kind wants."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from donations.models import Acknowledgement, CampaignTotal, CampaignUpdate, Donation, Remittance
from events.models import Campaign, Membership, Message
from fundraiser.core import clock
from fundraiser.mail_kinds import MAIL_KINDS

_WORDS = {"fr": {"title": "Le puits donne de l’eau", "body": "Il est **profond**."}}


def _made(kind: str, **ids: int | str) -> EmailMultiAlternatives:
    message = Message(key=uuid.uuid4().hex, kind=kind, ids=ids, created_at=clock.now())
    mail: EmailMultiAlternatives | None = import_string(MAIL_KINDS[kind].renderer)(message)
    assert mail is not None, kind
    return mail


def _asked(campaign: Campaign, language: str) -> Acknowledgement:
    day = clock.now().date()
    remittance = Remittance.objects.create(
        campaign=campaign,
        state="asked",
        amount_minor=89_000,
        currency="USD",
        sent_on=day,
        method="bank",
        reference="RF-1234",
    )
    return Acknowledgement.objects.create(
        remittance=remittance,
        email="olive@charity.example",
        domain="charity.example",
        language=language,
        is_at_site=True,
        approved_at=clock.now(),
    )


def remittance_mails(
    donation: Donation, owner: Membership, language: str
) -> dict[str, EmailMultiAlternatives]:
    """Return one mail of each kind, by its name."""
    campaign = donation.campaign
    Donation.objects.filter(pk=donation.pk).update(language=language)
    type(donation.booking).objects.update(wants_news=True)
    Campaign.objects.filter(pk=campaign.pk).update(
        send_by=clock.now().date() - timedelta(days=3),
        closes_at=clock.now() - timedelta(days=100),
    )
    CampaignTotal.objects.update_or_create(
        campaign=campaign, defaults={"currency": "USD", "gifts_minor": 89_000, "donors": 1}
    )
    asked = _asked(campaign, language)
    who = {"campaign": campaign.pk, "membership": owner.pk}
    found = {
        "acknowledge_request": _made("acknowledge_request", acknowledgement=asked.pk),
        "overdue": _made("overdue", **who),
        "update_prompt": _made("update_prompt", **who),
    }
    Acknowledgement.objects.update(
        acknowledged_at=clock.now(), received_minor=88_000, received_on=clock.now().date()
    )
    Remittance.objects.update(state="acknowledged")
    written = CampaignUpdate.objects.create(
        campaign=campaign,
        title="The well gives water",
        body="It is **deep**.",
        translations=_WORDS,
    )
    return {
        **found,
        "acknowledged": _made("acknowledged", acknowledgement=asked.pk, membership=owner.pk),
        "campaign_update": _made("campaign_update", update=written.pk, donation=donation.pk),
    }
