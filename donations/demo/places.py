"""The demo's team, people, campaign and workshops: made once, found again later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from donations.demo import story
from donations.services import totals
from events.models import Campaign, Host, Membership, Team, Workshop
from events.states import CampaignState, Destination, Role, RoomKind, WorkshopState
from fundraiser.core import clock

ORGANIZER = "olivier@example.org"
ADMIN = "admin@example.org"
ZONE = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the story happens."""

    campaign: Campaign
    workshop: Workshop
    clinic: Workshop


def evening(weeks: int) -> datetime:
    """Return a Tuesday at 19:00 in Paris, about ``weeks`` weeks from now, in UTC."""
    day = clock.now().astimezone(ZoneInfo(ZONE)) + timedelta(weeks=weeks)
    tuesday = day + timedelta(days=(1 - day.weekday()) % 7)
    return tuesday.replace(hour=19, minute=0, second=0, microsecond=0).astimezone(UTC)


def person(email: str, name: str, password: str, *, admin: bool) -> User:
    """Return the demo's account for an address, with a confirmed address and this password."""
    users = get_user_model()
    user, _ = users.objects.get_or_create(
        username=email, defaults={"email": email, "first_name": name}
    )
    assert isinstance(user, User)  # noqa: S101 -- the project uses Django's own
    user.is_staff = user.is_superuser = admin
    if not user.check_password(password):
        user.set_password(password)
    user.save()
    EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user


def make(*, account: str, password: str) -> Places:
    """Make, or find again, the team with its people, the campaign and its two workshops."""
    team, _ = Team.objects.get_or_create(
        slug="olivier", defaults={"name": "Olivier’s workshops", "reply_to": ORGANIZER}
    )
    owner = person(ORGANIZER, "Olivier", password, admin=False)
    Membership.objects.get_or_create(team=team, user=owner, defaults={"role": Role.OWNER})
    person(ADMIN, "Admin", password, admin=True)
    campaign = _campaign(team, account)
    totals.ensure(campaign)
    workshop = _workshop(campaign, "open-a-web-shop", story.WORKSHOP, weeks=3, capacity=50)
    # His way in is open at any time, so that it can be tried weeks before.
    Host.objects.get_or_create(workshop=workshop, email=ORGANIZER, defaults={"name": "Olivier"})
    clinic = _workshop(campaign, "shop-clinic", story.CLINIC, weeks=4, capacity=1)
    return Places(campaign, workshop, clinic)


def _campaign(team: Team, account: str) -> Campaign:
    campaign, _ = Campaign.objects.get_or_create(
        slug="clean-water",
        defaults={
            "team": team,
            **story.STORY["en"],
            "translations": {"fr": story.STORY["fr"]},
            "organizer_name": "Olivier",
            "charity_name": "charity: water",
            "charity_site": "https://www.charitywater.org",
            "charity_country": "US",
            "charity_registration": "EIN 22-3936753",
            "currency": "USD",
            "goal_minor": 100_000,
            "suggested_minor": [1000, 2000, 5000],
            "minimum_minor": 100,
            "maximum_minor": 500_000,
            "destination": Destination.CHARITY,
            "stripe_account": account,
            "closes_at": evening(9),
            "state": CampaignState.PUBLISHED,
        },
    )
    return campaign


def _workshop(
    campaign: Campaign, slug: str, texts: dict[str, dict[str, str]], *, weeks: int, capacity: int
) -> Workshop:
    workshop, _ = Workshop.objects.get_or_create(
        campaign=campaign,
        slug=slug,
        defaults={
            **texts["en"],
            "translations": {"fr": texts["fr"]},
            "speakers": ["Olivier"],
            "starts_at": evening(weeks),
            "time_zone": ZONE,
            "duration_minutes": 120 if capacity > 1 else 60,
            "capacity": capacity,
            "suggested_minor": [1000, 2000, 5000],
            "minimum_minor": 100,
            "maximum_minor": 500_000,
            "zero_allowed": capacity > 1,
            "room_kind": RoomKind.JITSI,
            "state": WorkshopState.PUBLISHED,
        },
    )
    return workshop
