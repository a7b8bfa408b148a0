"""The doors through which views get transfers and questions about them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from donations.models import Acknowledgement, Remittance
from donations.services.remitting import receipt_files
from donations.services.remitting.receipt_files import ReceiptFile
from donations.states import RemittanceState
from events.models import Campaign
from events.services import access
from events.states import CampaignState
from fundraiser.core import links
from fundraiser.core.http import DeadLinkError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

ACKNOWLEDGE_LINK = "acknowledge"


def of_campaign(campaign: Campaign) -> QuerySet[Remittance]:
    """Return a campaign's transfers, latest first, each with its questions to the charity."""
    rows = Remittance.objects.filter(campaign=campaign).prefetch_related("acknowledgements")
    return rows.order_by("-sent_on", "-pk")


def remittance_for_editor(user: AbstractBaseUser | AnonymousUser, public_id: UUID) -> Remittance:
    """Return a transfer of a campaign that the person may change; else Http404 or a refusal."""
    rows = Remittance.objects.select_related("campaign__team")
    found = get_object_or_404(rows, public_id=public_id)
    access.campaign_for_member(user, found.campaign.public_id)
    return found


def public_receipt(public_id: UUID) -> ReceiptFile:
    """Return a receipt that everybody may see; Http404 otherwise."""
    rows = Remittance.objects.filter(receipt_is_public=True).exclude(
        campaign__state=CampaignState.DRAFT
    )
    found = get_object_or_404(rows.exclude(state=RemittanceState.RETURNED), public_id=public_id)
    return receipt_of(found)


def receipt_of(remittance: Remittance) -> ReceiptFile:
    """Return a transfer's receipt; Http404 where there is none."""
    file = receipt_files.read(remittance.receipt_name)
    if file is None:
        raise Http404
    return file


def acknowledgement_link(asked: Acknowledgement) -> str:
    """Return the token by which an officer answers."""
    return links.make(ACKNOWLEDGE_LINK, asked.public_id, asked.link_version)


def acknowledgement_for_link(token: str) -> Acknowledgement:
    """Return the question that a signed link is for; DeadLinkError for a wrong or revoked one."""
    try:
        link = links.read(ACKNOWLEDGE_LINK, token)
    except links.InvalidLinkError as error:
        raise DeadLinkError from error
    rows = Acknowledgement.objects.select_related("remittance__campaign__team")
    found = rows.filter(
        public_id=link.public_id,
        link_version=link.version,
        revoked_at=None,
        approved_at__isnull=False,
    ).first()
    if found is None or found.remittance.state == RemittanceState.RETURNED:
        raise DeadLinkError
    return found
