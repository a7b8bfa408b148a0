"""Every page of a campaign in test mode says so, whoever looks at it."""

from __future__ import annotations

from typing import Final

import pytest
from django.http import HttpResponse

from fundraiser.core import marks
from tests.access import own_pages
from tests.access.persons import people
from tests.access.stage import Stage, addresses, takes_token
from tests.support.cast import make_gift, make_workshop, start
from tests.support.two_modes import TwoModes, make_test_campaign

SENTENCE: Final = "Test: no real money moves."
#: These are the site's, an account's, a team's or a person's, of all campaigns or of none.
OF_NO_CAMPAIGN: Final = frozenset(
    """campaign_create dashboard erase home invitation ledger_digests lost_link notice_off
    notifications onboarding person site_page team team_accounting team_columns team_edit
    team_exports team_schedule team_tokens team_webhooks teams unsubscribe_invitations
    webhook""".split()
)
#: Parts of a page whose whole is marked, which stays where it is when they come anew.
PARTS: Final = frozenset({"campaign_total", "checkout_status", "stage_live"})
#: The charity's transfers do not exist in test mode; the stage has no dates here.
NOT_THERE: Final = ("admin:", "remittance", "acknowledge", "transfer_receipt", "series", "api_")
OF_AN_ACCOUNT: Final = ("account_", "mfa_", "socialaccount_", "usersessions_")


@pytest.fixture
def stage(db: None, two_modes: TwoModes) -> Stage:
    """The access matrix's stage, with a campaign in test mode."""
    from donations.gateway.stripe import for_visitors

    workshop = make_workshop(make_test_campaign(), capacity=5)
    mine, others = (start(workshop, make_gift(), for_visitors()) for _ in range(2))
    paid = own_pages.paid(workshop, two_modes.test.sandbox)
    return Stage(workshop, mine, others, people(workshop), paid=paid)


def _pages(stage: Stage) -> dict[str, HttpResponse]:
    """Return the answer of each address that shows a page to its attendee or organizer."""
    found = {}
    for name, pattern in addresses():
        if name.startswith((*NOT_THERE, *OF_AN_ACCOUNT)):
            continue
        person = "attendee" if takes_token(pattern) else "organizer"
        answer = stage.call(person, "GET", name, pattern)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            found[name] = answer
    return found


def test_every_page_of_a_test_campaign_is_marked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _pages(stage)
    bare = {name for name, one in found.items() if SENTENCE not in one.content.decode()}
    assert bare <= OF_NO_CAMPAIGN | PARTS
    assert len(found) > 80
    # Those that name it among others say so beside its name.
    for name in ("dashboard", "person", "stage_live"):
        assert marks.MARK in found[name].content.decode(), name
    assert marks.MARK not in found["home"].content.decode()
    assert stage.workshop.campaign.slug not in found["home"].content.decode()

    # The check sees a page without it.
    monkeypatch.setattr(marks, "any_test", lambda things: False)
    name, pattern = next(one for one in addresses() if one[0] == "workshop_people")
    assert SENTENCE not in stage.call("organizer", "GET", name, pattern).content.decode()
