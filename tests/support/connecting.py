"""Connected accounts for tests: made at the real sandbox, told by its real webhooks."""

from __future__ import annotations

from typing import Any

from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import ConnectedAccount
from donations.services import inbox
from donations.services.connecting import accounts, places
from donations.states import Holder
from events.models import Campaign
from events.states import CampaignState, Destination
from tests.support.cast import deliver_all, make_campaign
from tests.support.sandbox import SandboxControl


def draft(**values: Any) -> Campaign:
    """Return a draft for charity: water that has no account yet."""
    defaults = {
        "state": CampaignState.DRAFT,
        "destination": Destination.CHARITY,
        "charity_country": "US",
        "charity_site": "https://www.charitywater.org",
    }
    return make_campaign(**{**defaults, **values})


def connected(
    sandbox: SandboxControl, campaign: Campaign, holder: Holder = Holder.CHARITY, **how: Any
) -> ConnectedAccount:
    """Return an account of a campaign's charity or team, filled in at Stripe and looked up."""
    made = accounts.connect(campaign=campaign, holder=holder, country="US", gateway=for_workers())
    sandbox.post("connect", account=made.stripe_account, **how)
    return accounts.refresh(made.pk, gateway=for_workers())


def published(sandbox: SandboxControl, holder: Holder = Holder.CHARITY, **values: Any) -> Campaign:
    """Return a published campaign whose gifts go to a connected account that takes them."""
    campaign = draft(**values)
    account = connected(sandbox, campaign, holder)
    places.choose(campaign, places.Place("", Destination(holder), account))
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.PUBLISHED)
    campaign.refresh_from_db()
    return campaign


def webhooks(client: Client, sandbox: SandboxControl) -> list[str]:
    """Deliver what Stripe has to tell and apply it; return the types of what came."""
    pending = sandbox.deliveries()
    assert set(deliver_all(client, pending)) <= {200}
    for delivery in pending:
        sandbox.drop(delivery["event"])
    inbox.apply_pending(gateway=for_workers())
    return [delivery["type"] for delivery in pending]
