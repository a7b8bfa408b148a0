"""``manage.py seed_demo``: tells the founding story by doing it, at the local sandbox."""

from __future__ import annotations

import os
import secrets
import urllib.error
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from donations.demo import places, story
from donations.demo.sandbox_calls import call
from donations.demo.telling import Teller
from donations.gateway.stripe import for_workers
from donations.services import totals
from donations.services.connecting import accounts
from donations.services.mails import notices
from events.models import Campaign, Membership


class Command(BaseCommand):
    """Repeatable: what is done already is left alone. Needs the sandbox, never real Stripe."""

    help = "Fill the site with the founding story: a workshop for charity: water, and who gave."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the places, let everybody give, and print what came together."""
        del args, options
        if not settings.STRIPE_IS_LOCAL or settings.STRIPE_LIVEMODE:
            raise CommandError(
                "STRIPE_API_BASE is not the sandbox: the demo is not for real money."
            )
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        try:
            found = places.make(account=self._account(), password=password)
            accounts.adopt(found.campaign, gateway=for_workers())
            teller = Teller(found, for_workers())
            for giver in story.GIVERS:
                teller.tell(giver)
        except urllib.error.URLError as error:
            raise CommandError(
                f"The sandbox at {settings.STRIPE_API_BASE} says: {error}"
            ) from error
        for member in Membership.objects.filter(team=found.campaign.team):
            notices.gifts_known(member)  # Else the first minute brings a mail for each of them.
        total = totals.of_campaign(found.campaign)
        self.stdout.write(f"{found.campaign}: {total.raised.format()} from {total.donors} people")
        self.stdout.write(
            f"organizer {places.ORGANIZER}, admin {places.ADMIN}, password {password}"
        )

    def _account(self) -> str:
        """Return the charity's account at the sandbox: the campaign's, or a new one."""
        campaign = Campaign.objects.filter(slug="clean-water").first()
        known = campaign.stripe_account if campaign else None
        return str(call("connect", account=known, country="US")["id"])
