"""Whatever programs of a team may be told of, done as the services do it."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib.auth.models import User

from donations.models import Donation
from donations.services import publishing
from donations.services.remitting import acknowledging
from donations.services.remitting.acknowledging import Answer
from donations.services.remitting.remittances import Transfer, record
from events.models import Workshop
from events.services import campaigns, workshops
from events.services import publishing as workshop_publishing
from events.services.seating import seat_changes
from events.states import CampaignState, WorkshopState
from fundraiser.core.money import Money
from tests.support.story import Story


def everything(story: Story, workshop: Workshop, alice: User) -> None:
    """Do everything once, the workshop and its campaign at last ended."""
    campaign = workshop.campaign
    seat = story.give(workshop, seats=2, person_2_name="Noor")
    assert seat.booking is not None
    seat_changes.give_one_back(seat.booking.registrations.get(position=2))
    story.sandbox.refund(charge=seat.charge_id)
    story.webhooks(seat)
    disputed = story.give(campaign)
    story.sandbox.dispute(disputed.charge_id)
    story.webhooks(disputed)
    _send_on(disputed, alice)
    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.DRAFT, summary="Web")
    workshop_publishing.publish(workshop.pk)
    workshops.reschedule(
        workshop.pk,
        starts_at=workshop.starts_at + timedelta(days=1),
        time_zone="Europe/Paris",
        duration_minutes=60,
    )
    workshops.cancel(workshop.pk)
    campaigns.move(campaign, CampaignState.CLOSED)
    send_by = disputed.created_at.date() + timedelta(days=30)
    type(campaign).objects.filter(pk=campaign.pk).update(story="Wells", send_by=send_by)
    publishing.publish(campaign)


def _send_on(given: Donation, alice: User) -> None:
    campaign = given.campaign
    transfer = Transfer(
        amount=Money(100, "USD"),
        sent_on=given.created_at.date(),
        method="bank",
        reference="",
        note="",
        receipt="",
        receipt_is_public=False,
        more_is_meant=True,
        nonce=uuid.uuid4(),
    )
    sent = record(campaign=campaign, transfer=transfer, user=alice)
    type(campaign).objects.filter(pk=campaign.pk).update(charity_site="https://water.example")
    sent.campaign.refresh_from_db()
    asked = acknowledging.ask(remittance=sent, email="olive@water.example", language="en")
    said = Answer(Money(100, "USD"), sent.sent_on, "Olive", "Officer", shows_name=False)
    acknowledging.answer(asked, said)
