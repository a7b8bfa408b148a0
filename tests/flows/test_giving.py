"""The main job: form → sandbox → signed webhook → seat, ledger, mail, total."""

from __future__ import annotations

import pytest
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services import inbox, invariants, totals
from events.models import Booking, Message, Workshop
from events.services.mails import sender
from tests.support.cast import deliver_all, give_form


@pytest.mark.django_db(transaction=True)
def test_a_visitor_registers_pays_and_is_confirmed(
    client: Client, workshop: Workshop, sandbox: object, smtp_sink: object
) -> None:
    page = client.get(f"/c/{workshop.campaign.slug}/{workshop.slug}/")
    assert page.status_code == 200

    answer = client.post(f"/c/{workshop.campaign.slug}/{workshop.slug}/", give_form())
    assert answer.status_code == 302
    donation = Donation.objects.get()
    assert answer["Location"] == donation.session_url
    assert donation.state == "open"

    sandbox.pay(donation.session_id)
    assert set(deliver_all(client, sandbox.deliveries())) == {200}
    inbox.apply_pending(gateway=for_workers())

    donation.refresh_from_db()
    assert donation.state == "paid"
    assert Booking.objects.get().state == "confirmed"
    total = totals.of_campaign(workshop.campaign)
    assert (total.raised.minor, total.fees.minor, total.donors) == (2000, 88, 1)
    assert sender.send_due() == 1
    assert Message.objects.get().state == "sent"
    assert len(smtp_sink.messages) == 1
    assert not list(invariants.broken())
