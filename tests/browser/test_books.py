"""Exports, books, columns and bank transfers, as people with every kind of eyes and screen do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from donations.gateway.stripe import for_workers
from donations.models import Books, Export, Payout
from donations.services import reconcile
from donations.services.accounting import books, periods
from donations.services.exports import jobs, presets
from events.models import Campaign, Membership
from events.states import Role
from fundraiser.core import clock
from tests.browser import looks
from tests.browser.conftest import Open
from tests.browser.test_organizer_pages import signed_in
from tests.support.browser import PHONE
from tests.support.cast import make_campaign
from tests.support.sandbox import SandboxControl
from tests.support.story import Story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


@pytest.fixture
def kept(story: Story, sandbox: SandboxControl) -> Campaign:
    """A campaign with a transfer to the bank that came back, one export, a period to close."""
    campaign = make_campaign()
    team = campaign.team
    alice = User.objects.create_user("alice@example.org", "alice@example.org")
    Membership.objects.create(team=team, user=alice, role=Role.OWNER)
    story.give(campaign, amount="", other_amount="89", name="Émile Zola")
    [first] = sandbox.payout()["payouts"]
    reconcile.run(gateway=for_workers())
    sandbox.post("fail_payout", payout=first["id"])
    sandbox.payout()
    reconcile.run(gateway=for_workers())
    Books.objects.create(team=team, country="US", chart=books.first_chart("team", "US"))
    presets.save(team=team, name="For Anna", kind="donations", columns=["amount", "currency"])
    yesterday = (clock.now() - timedelta(days=1)).date()
    for days in (30, 0):
        day = yesterday - timedelta(days=days)
        one = Export(owner=alice, team=team, kind="journal", format="csv", last_day=day)
        one.save()
        jobs.write(one.pk)
        if days:
            one.refresh_from_db()
            periods.lock(team=team, export=one, file_name="journal-2026.csv", user=alice)
    return campaign


def test_the_pages_of_exports_can_be_used_by_everybody(
    open_context: Open, kept: Campaign, site: str
) -> None:
    place = f"/organize/campaigns/{kept.public_id}/"
    team = f"/organize/teams/{kept.team.public_id}/"
    paths = {
        "exports": f"{place}exports/",
        "payouts": f"{place}payouts/",
        "payout": f"{place}payouts/{Payout.objects.get(status='paid').stripe_id}/",
        "team exports": f"{team}exports/",
        "books": f"{team}accounting/",
        "columns": f"{team}columns/",
        "export": f"/organize/exports/{Export.objects.latest('pk').public_id}/",
    }
    desk = {"viewport": {"width": 1280, "height": 900}}
    problems: dict[str, list[str]] = {}
    for language, options in (("en", desk), ("fr", {**PHONE, "locale": "fr"})):
        page = signed_in(
            open_context, site, "alice@example.org", reduced_motion="reduce", **options
        )
        for name, path in paths.items():
            page.goto(f"{site}{path}")
            assert page.locator("h1").count() == 1, name
            problems |= looks.problems(page, f"{name} {language}", looks.schemes(language))
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())
