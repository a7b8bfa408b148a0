"""Each donor's page says in which transfer their gift went: the oldest first, and for good."""

from __future__ import annotations

from datetime import timedelta

import pgtrigger
import pytest
from django.test import Client

from donations.models import Donation, Remittance, RemittanceShare
from donations.services.links import gift_link
from donations.services.remitting import shares
from events.models import Campaign, Workshop
from events.states import Destination
from fundraiser.core import clock
from tests.flows.test_remittances import organizer, send  # noqa: F401 -- a fixture
from tests.support.story import Story


def own(donation: Donation) -> str:
    return f"/g/{gift_link(donation)}/"


@pytest.fixture
def gifts(workshop: Workshop, story: Story) -> list[Donation]:
    """Three gifts of $50, the oldest first; Alice pays the fees, so that sums are round."""
    Campaign.objects.update(fees_paid_by_organizer=True)
    found = [story.give(workshop.campaign, amount=5000, email=f"{n}@e.org") for n in range(3)]
    for days, one in zip((3, 2, 1), found, strict=True):
        Donation.objects.filter(pk=one.pk).update(paid_at=clock.now() - timedelta(days=days))
    return found


def parts(donation: Donation) -> list[int]:
    donation.refresh_from_db()
    found = shares.journey(donation)
    return [] if found is None else [one.amount.minor for one in found.parts]


def test_the_oldest_gifts_go_first_and_one_may_go_in_two(
    organizer: Client,  # noqa: F811 -- a fixture
    story: Story,
    campaign: Campaign,
    gifts: list[Donation],
) -> None:
    first, second, third = gifts
    assert "It waits with Alice to be sent." in story.page(own(first))
    campaign.refresh_from_db()
    send(organizer, campaign, "80", sent_on="2026-01-15")
    send(organizer, campaign, "40", sent_on="2026-02-15")
    assert [parts(one) for one in gifts] == [[5000], [3000, 2000], [2000]]
    page = story.page(own(second))
    assert "$30.00 of it went to charity: water with the transfer of 15 January 2026." in page
    assert "$20.00 of it went to charity: water with the transfer of 15 February 2026." in page
    assert "$30.00 of it waits for the next transfer." in story.page(own(third))


def test_what_was_sent_stays_so_after_a_refund_and_what_came_back_is_sent_again(
    organizer: Client,  # noqa: F811 -- a fixture
    story: Story,
    campaign: Campaign,
    gifts: list[Donation],
) -> None:
    campaign.refresh_from_db()
    send(organizer, campaign, "80", sent_on="2026-01-15")
    story.sandbox.refund(charge=gifts[0].charge_id)
    story.webhooks(gifts[0])
    assert [parts(one) for one in gifts] == [[5000], [3000], []]
    assert "with the transfer of 15 January 2026" in story.page(own(gifts[0]))
    # The charity has $50 more than it was owed by now: the next gifts are covered by that.
    assert story.total(campaign).outstanding.minor == 2000
    send(organizer, campaign, "20", sent_on="2026-02-15")
    assert [parts(one) for one in gifts] == [[5000], [3000, 2000], []]

    row = Remittance.objects.get(sent_on="2026-01-15")
    organizer.post(f"/organize/remittances/{row.public_id}/undo/", {"reason": "It came back"})
    assert [parts(one) for one in gifts] == [[], [2000], []]
    send(organizer, campaign, "80", sent_on="2026-03-15")
    assert [parts(one) for one in gifts] == [[], [2000, 3000], [5000]]
    assert RemittanceShare.objects.filter(remittance=row).count() == 2  # kept as a record


def test_fees_are_not_part_of_what_is_sent(
    organizer: Client,  # noqa: F811 -- a fixture
    story: Story,
    workshop: Workshop,
) -> None:
    campaign = workshop.campaign
    given = [story.give(workshop, amount=5000, email=f"{n}@e.org") for n in range(2)]
    owed = story.total(campaign).owed
    send(organizer, campaign, str(owed.major))
    assert [sum(parts(one)) for one in given] == [owed.minor // 2] * 2
    assert "waits" not in story.page(own(given[0]))


def test_with_the_charitys_own_account_it_was_there_at_once(
    story: Story, campaign: Campaign, gifts: list[Donation]
) -> None:
    assert "own account" not in story.page(own(gifts[0]))
    with pgtrigger.ignore("donations.CampaignMoney:money_place_fixed"):
        Campaign.objects.update(destination=Destination.CHARITY, stripe_account="acct_1")
    assert "to the own account of charity: water on the day you gave" in story.page(own(gifts[0]))
    with pgtrigger.ignore("donations.CampaignMoney:money_place_fixed"):
        Campaign.objects.update(destination=Destination.TEAM, stripe_account="")
