"""A transfer that the charity was asked about, and an update, for the access matrix."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.auth.models import AnonymousUser

from donations.models import Acknowledgement, CampaignUpdate, Remittance
from donations.services.remitting import receipt_files, remittances
from donations.services.remitting.doors import acknowledgement_link
from donations.services.remitting.remittances import Transfer
from events.models import Campaign, Workshop
from fundraiser.core import clock
from fundraiser.core.money import Money

_PDF = b"%PDF-1.7\n%%EOF\n"


def make(workshop: Workshop) -> None:
    """Write the rows of the stage's campaign."""
    make_for(workshop.campaign)


def make_for(campaign: Campaign) -> None:
    """Write the rows of a campaign."""
    transfer = Transfer(
        amount=Money(100, "USD"),
        sent_on=date(2026, 1, 15),
        method="bank",
        reference="",
        note="",
        receipt=receipt_files.keep(receipt_files.cleaned(_PDF)),
        receipt_is_public=True,
        more_is_meant=True,
        nonce=uuid.uuid4(),
    )
    CampaignUpdate.objects.create(campaign=campaign, title="A well", body="It is deep.")
    if campaign.test_mode:  # nothing of it is sent to anybody
        return
    remittance = remittances.record(campaign=campaign, transfer=transfer, user=AnonymousUser())
    Remittance.objects.update(state="asked")
    Acknowledgement.objects.create(
        remittance=remittance,
        email="olive@charity.example",
        domain="charity.example",
        language="en",
        is_at_site=True,
        approved_at=clock.now(),
    )


def link(campaign: Campaign) -> str:
    """Return the token by which the charity answers."""
    found = Acknowledgement.objects.get(remittance__campaign=campaign)
    return acknowledgement_link(found)


def asked(workshop: Workshop) -> Acknowledgement | None:
    """Return the question to the charity."""
    return Acknowledgement.objects.filter(remittance__campaign=workshop.campaign).first()


def of_remittance(workshop: Workshop) -> dict[str, str]:
    """Return the values of a transfer's addresses."""
    return {"public_id": str(workshop.campaign.remittances.get().public_id)}


def of_update(workshop: Workshop) -> dict[str, str]:
    """Return the values of an update's addresses."""
    update = workshop.campaign.updates.get()
    return {"public_id": str(workshop.campaign.public_id), "update_id": str(update.public_id)}
