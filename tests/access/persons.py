"""The four of the access matrix who have an account, and the rows that its addresses are about."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from donations.models import ConnectedAccount, Export, ExportSchedule
from donations.services import api_tokens
from events.models import (
    Announcement,
    Host,
    Invitation,
    Membership,
    SitePage,
    WebhookDelivery,
    WebhookEndpoint,
    Workshop,
)
from events.services.webhooks.kinds import KINDS
from events.states import Role
from fundraiser.core import clock
from tests.access import money_rows, objects
from tests.support.cast import make_campaign


@cache
def _password() -> str:
    """Return the hash of everybody's password, made once."""
    return make_password("long-password-1")


def _schedule(workshop: Workshop) -> None:
    ExportSchedule.objects.create(
        campaign=workshop.campaign,
        kind="totals",
        format="csv",
        every="week",
        at="08:00",
        language="en",
        next_due=workshop.starts_at,
    )


def people(workshop: Workshop) -> dict[str, User]:
    """Return the four who have an account: Bob, Alice, Charlie and the site's admin."""
    Host.objects.create(workshop=workshop, name="Ann", email="ann@example.org")
    objects.prepare(workshop)
    Announcement.objects.create(workshop=workshop, subject="Bring a pen", body="Please.")
    SitePage.objects.create(kind="privacy", language="en", body="We keep little.")
    Invitation.objects.create(
        team=workshop.campaign.team,
        email="zoe@example.org",
        role=Role.VIEWER,
        expires_at=clock.now() + timedelta(days=1),
    )
    money_rows.make(workshop)
    team, foreign = workshop.campaign.team, make_campaign(title="Charlie’s own").team
    users = {
        name: User.objects.create_user(f"{name[:5]}@example.org", f"{name[:5]}@example.org")
        for name in ("viewer", "organizer", "other organizer")
    }
    Membership.objects.create(team=team, user=users["viewer"], role=Role.VIEWER)
    Membership.objects.create(team=team, user=users["organizer"], role=Role.OWNER)
    Membership.objects.create(team=foreign, user=users["other organizer"], role=Role.OWNER)
    users["admin"] = User.objects.create_superuser("root", "root@example.org")
    Export.objects.create(owner=users["organizer"], campaign=workshop.campaign, kind="totals")
    _schedule(workshop)
    ConnectedAccount.objects.create(
        team=team, holder="charity", name="charity: water", stripe_account="acct_1", livemode=False
    )
    scopes = ["read:campaigns"]
    api_tokens.make(team=team, user=users["organizer"], name="Site", scopes=scopes, days=1)
    endpoint = WebhookEndpoint.objects.create(team=team, url="https://example.org/hooks")
    WebhookDelivery.objects.create(endpoint=endpoint, kind=KINDS[0], key="1", state="failed")
    for user in users.values():  # as signing in with a proven address leaves it
        User.objects.filter(pk=user.pk).update(password=_password())
        user.refresh_from_db()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return users
