"""The small cast of the tests: Alice owns, Bob is on the team, Charlie must see nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.services import checkout
from donations.services.checkout import Gift
from events.models import Campaign, Membership, Team, Workshop
from events.services.seating.seats import Payer
from events.states import CampaignState, Destination, Role, WorkshopState
from fundraiser.core import clock
from fundraiser.core.money import Money


def make_campaign(**values: Any) -> Campaign:
    """Return a published campaign for charity: water in dollars, on the site's own account."""
    team = values.pop("team", None) or Team.objects.create(
        name="Alice’s team",
        slug=f"team-{uuid.uuid4().hex[:8]}",
        reply_to="alice@example.org",
        site_account_approved=True,
    )
    defaults: dict[str, Any] = {
        "team": team,
        "slug": f"water-{uuid.uuid4().hex[:8]}",
        "title": "Clean water",
        "organizer_name": "Alice",
        "charity_name": "charity: water",
        "currency": "USD",
        "goal_minor": 100_000,
        "destination": Destination.TEAM,
        "state": CampaignState.PUBLISHED,
        "suggested_minor": [1000, 2000, 5000],
    }
    return Campaign.objects.create(**{**defaults, **values})


def make_workshop(campaign: Campaign, **values: Any) -> Workshop:
    """Return a published workshop in two weeks, with 10 seats."""
    defaults: dict[str, Any] = {
        "campaign": campaign,
        "slug": f"shop-{uuid.uuid4().hex[:8]}",
        "title": "How to open a web shop",
        "starts_at": clock.now() + timedelta(days=14),
        "time_zone": "Europe/Paris",
        "duration_minutes": 120,
        "capacity": 10,
        "suggested_minor": [1000, 2000, 5000],
        "state": WorkshopState.PUBLISHED,
    }
    return Workshop.objects.create(**{**defaults, **values})


def make_gift(
    minor: int = 2000, *, currency: str = "USD", visit: uuid.UUID | None = None, **payer: Any
) -> Gift:
    """Return what a filled-in form asks for; ``payer`` overrides name, email, seats…"""
    person = {"name": "Dora", "email": f"{uuid.uuid4().hex[:10]}@example.org", "language": "en"}
    return Gift(
        amount=Money(minor, currency),
        cover=Money(0, currency),
        payer=Payer(**{**person, **payer}),
        visit=visit or uuid.uuid4(),
    )


def start(workshop: Workshop, gift: Gift, gateway: Any) -> Any:
    """Start a checkout for a workshop as the form does."""
    return checkout.start(campaign=workshop.campaign, workshop=workshop, gift=gift, gateway=gateway)


def give_form(**values: Any) -> dict[str, str]:
    """Return a filled-in give form as a browser posts it."""
    defaults = {
        "amount": "2000",
        "other_amount": "",
        "name": "Dora",
        "email": "dora@example.org",
        "nonce": str(uuid.uuid4()),
        "time_zone": "Europe/Paris",
        "message": "",
        "seats": "1",
    }
    return {**defaults, **{key: str(value) for key, value in values.items()}}


def deliver_all(client: Client, deliveries: list[dict[str, Any]]) -> list[int]:
    """Post signed deliveries of the sandbox to the webhook views; return the statuses."""
    return [deliver(client, one) for one in deliveries]


def deliver(client: Client, delivery: dict[str, Any]) -> int:
    """Post one signed delivery of the sandbox to the view it is meant for."""
    path = "/" + delivery["url"].split("/", 3)[3]
    return client.post(
        path,
        data=delivery["body"].encode(),
        content_type="application/json",
        headers={"Stripe-Signature": delivery["headers"]["Stripe-Signature"]},
    ).status_code


@pytest.fixture
def campaign(db: None) -> Campaign:
    """A published campaign."""
    return make_campaign()


@pytest.fixture
def workshop(campaign: Campaign) -> Workshop:
    """A published workshop of ``campaign`` with 10 seats."""
    return make_workshop(campaign)


def _member(name: str, campaign: Campaign | None, role: Role) -> User:
    user = User.objects.create_user(f"{name}@example.org", f"{name}@example.org", "long-password-1")
    if campaign is not None:
        Membership.objects.create(team=campaign.team, user=user, role=role)
    return user


@pytest.fixture
def alice(campaign: Campaign) -> User:
    """Owner of the campaign's team."""
    return _member("alice", campaign, Role.OWNER)


@pytest.fixture
def bob(campaign: Campaign) -> User:
    """Viewer in the campaign's team."""
    return _member("bob", campaign, Role.VIEWER)


@pytest.fixture
def charlie(db: None) -> User:
    """Owner of another team, who must see nothing of this one."""
    return _member("charlie", make_campaign(title="Charlie’s own"), Role.OWNER)


MakeCampaign = Callable[..., Campaign]
