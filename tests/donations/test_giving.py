"""Where no gift can land with us, no form is taken, and what is shared between visitors."""

from __future__ import annotations

import pytest
from django.contrib.messages import INFO
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client, RequestFactory

from donations.models import Donation
from events.models import Booking
from tests.support.cast import give_form, make_campaign, make_workshop
from tests.support.story import address


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["2000", "0"])
def test_a_campaign_whose_charity_takes_the_gifts_itself_takes_no_form(
    client: Client, amount: str
) -> None:
    campaign = make_campaign(destination="external")
    workshop = make_workshop(campaign, zero_allowed=True)
    typed = give_form() if amount != "0" else give_form(amount="other", other_amount="0")
    for place in (campaign, workshop):
        assert client.post(address(place), typed).status_code == 409
    assert not Donation.objects.exists()
    assert not Booking.objects.exists()
    assert client.get(address(campaign)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["home", "campaign", "workshop"])
def test_one_visitors_message_is_shown_to_nobody_else(client: Client, which: str) -> None:
    campaign = make_campaign()
    workshop = make_workshop(campaign)
    path = {"home": "/", "campaign": f"/c/{campaign.slug}/", "workshop": address(workshop)}[which]
    storage = CookieStorage(RequestFactory().get(path))
    told = storage._encode([Message(INFO, "A mail went to dora@example.org")])
    client.cookies[CookieStorage.cookie_name] = told
    assert "dora@example.org" in client.get(path).content.decode()
    assert "dora@example.org" not in Client().get(path).content.decode()
