"""Promise 42. Erasing a person leaves no trace in any text or JSON column, outbox, export or cache;
ledger amounts are unchanged.

What is looked into is read from the database itself, so that a new table is looked into as well.
"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from donations.gateway.stripe import for_visitors
from donations.models import Donation, LedgerEntry
from donations.services import totals
from donations.services.person import erasing, lost_links
from events.models import Campaign, Device, Person
from tests.support import known_person, traces
from tests.support.known_person import EMAIL, WORD
from tests.support.story import Story

#: Where somebody of whom everything is known stands: found before, so that none is overlooked.
KNOWN = {
    *("media:exports", "storage:receipts", "session", "cache:page"),
    *(
        f"{table}.{column}"
        for table, columns in {
            "account_emailaddress": "email",
            "auth_user": "email first_name username",
            "donations_acknowledgement": "email officer_name officer_role",
            "donations_claim": "answer email message name reference",
            "donations_donation": "email message name refund_answer session_parameters utm",
            "donations_refundorder": "reason",
            "events_booking": "decline_reason email name",
            "events_deliveryproblem": "detail email",
            "events_host": "email name",
            "events_invitation": "email",
            "events_invitee": "email name",
            "events_listinvitation": "words",
            "events_message": "ids",
            "events_person": "email",
            "events_personnote": "text",
            "events_registration": "answers email name",
        }.items()
        for column in columns.split()
    ),
}


def test_nothing_is_left_of_who_was_erased_but_the_amounts(
    story: Story,
    campaign: Campaign,
    alice: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    known_person.live(story, campaign, alice)
    lost_links.ask(EMAIL, "en")
    cache.set("page", f"a page with {EMAIL}", 60)
    before = traces.of(WORD)
    assert before >= KNOWN, KNOWN - before
    ledger = list(LedgerEntry.objects.order_by("pk").values())
    raised, amounts = totals.of_campaign(campaign), known_person.amounts()
    cache.delete("page")

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(Person.objects.get(email=EMAIL), gateway=for_visitors())
    assert traces.of(WORD) == set()
    assert not Device.objects.exists()
    assert not Donation.objects.filter(email="").exclude(client_hash="").exists()
    assert list(LedgerEntry.objects.order_by("pk").values()) == ledger
    assert (totals.of_campaign(campaign), known_person.amounts()) == (raised, amounts)
    assert EMAIL not in [mail["To"].lower() for mail in story.mails()]
    assert traces.of(WORD) == set(), "what is done later brings nothing back"


def test_who_organizes_keeps_the_account_and_its_session(story: Story, alice: User) -> None:
    browser = Client()
    browser.force_login(alice)
    story.give(Campaign.objects.get(), email=alice.email, name="Alice")
    erasing.erase(Person.objects.create(email=alice.email), gateway=for_visitors())
    assert browser.get("/organize/").status_code == 200
    assert Donation.objects.get().email == ""


@pytest.mark.django_db
def test_control_a_column_that_was_left_behind_is_found() -> None:
    before = traces.of(WORD, "203.0.113.9")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE tomorrow (said text, told jsonb, tags text[], came_from inet, "
            "raw bytea, mood varchar(9), number bigint)"
        )
        cursor.execute(
            "INSERT INTO tomorrow VALUES ('A Quill', '{\"by\": \"QUILL\"}', ARRAY['x', 'quill'], "
            "'203.0.113.9', 'a quill', 'quill', 1)"
        )
    columns = {"said", "told", "tags", "came_from", "raw", "mood"}
    assert traces.of(WORD, "203.0.113.9") - before == {f"tomorrow.{one}" for one in columns}
