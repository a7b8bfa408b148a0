"""A campaign on Stripe's test keys beside live ones: marked everywhere, in no live number."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from donations.gateway.stripe import for_workers
from donations.models import Donation, LedgerEntry, Payout, Reconciliation, StripeEvent
from donations.services import account_readiness, ledger_digests, reconcile, totals
from donations.services.exports import query
from donations.services.exports.kinds import KINDS
from donations.services.health import money
from donations.services.mails import proven
from donations.services.papers import receipts
from donations.services.person import own_records
from donations.services.remitting import remittances
from events.models import Campaign
from events.services.mails import caps
from events.states import TEST_ACCOUNT, Destination
from fundraiser.core import clock, marks
from tests.support.cast import deliver, make_workshop
from tests.support.papers import read
from tests.support.programs import Program
from tests.support.story import address, body
from tests.support.two_modes import TwoModes, make_test_campaign

pytestmark = pytest.mark.django_db

DORA = "dora@example.org"


def _rows(what: str, scope: query.Scope) -> list[tuple[Any, ...]]:
    asked = query.texts(KINDS[what], scope)
    with connection.cursor() as cursor:
        cursor.execute(asked.sql, asked.parameters)
        return list(cursor.fetchall())


def _numbers(campaign: Campaign, program: Program) -> dict[str, Any]:
    """Return everything that adds up or lists more than one campaign."""
    team = list(Campaign.objects.filter(team=campaign.team).values_list("pk", flat=True))
    months = ledger_digests._computed(clock.now().date().replace(day=1), "")
    return {
        **{f"export of all {one}": _rows(one, query.Scope()) for one in KINDS},
        **{f"export of team {one}": _rows(one, query.Scope(campaigns=team)) for one in KINDS},
        **{
            f"api {one}": program.get(f"/api/v1/{one}").json()["data"]
            for one in ("campaigns", "totals", "workshops", "registrations", "donations")
        },
        "home": Client().get("/").content.decode().count("/c/"),
        "years": own_records.years(own_records.gifts_of(DORA)),
        "digest": (months.digest, months.sums, months.count),
        "differences": money.differences(clock.now()),
        "total": totals.of_campaign(campaign).raised,
    }


def test_test_money_moves_no_live_number(
    two_modes: TwoModes, alice: User, campaign: Campaign
) -> None:
    program = Program(alice, campaign.team)
    paid = two_modes.live.give(make_workshop(campaign), email=DORA)
    assert (paid.state, paid.livemode, paid.stripe_account) == ("paid", True, "")
    two_modes.live.mails()
    before = _numbers(campaign, program)
    assert all(before[f"export of all {one}"] for one in ("donations", "ledger", "registrations"))

    rehearsal = make_test_campaign(team=campaign.team)
    test = make_workshop(rehearsal)
    given = two_modes.test.give(test, email=DORA)
    gift = two_modes.test.give(rehearsal, email=DORA, amount="5000")
    two_modes.test.sandbox.refund(charge=gift.charge_id, amount=1000)
    two_modes.test.webhooks(gift)
    reconcile.run(gateway=for_workers())

    assert (given.state, given.livemode, given.stripe_account) == ("paid", False, TEST_ACCOUNT)
    assert totals.of_campaign(rehearsal).raised.minor == 2000 + 5000 - 1000
    mails = two_modes.test.mails()
    assert mails
    after = _numbers(campaign, program)
    assert [name for name in before if before[name] != after[name]] == []

    _has_rows_of_its_own(rehearsal)
    for mail in mails:
        if mail["To"] == DORA:
            assert mail["Subject"].startswith("TEST · ")
            assert "Test: no real money moves." in body(mail)
            assert "Test: no real money moves." in body(mail, "html")


def _has_rows_of_its_own(rehearsal: Campaign) -> None:
    """Alone, and asked for, its rows are there; never in the books."""
    alone = query.Scope(campaigns=[rehearsal.pk], test=True)
    found = {one: _rows(one, alone) for one in KINDS}
    assert all(not found[one.name] for one in KINDS.values() if one.of_books)
    for one in ("donations", "ledger", "registrations", "refunds", "totals", "messages"):
        assert all(marks.MARK in str(row) for row in found[one]), one
        assert found[one], one
    # It is these rows that the numbers above would have held, had a kind not left them out; and
    # those of books would be there, too.
    assert all(not _rows(one, query.Scope(campaigns=[rehearsal.pk])) for one in KINDS)
    unguarded = replace(KINDS["journal"], of_books=False)
    asked = query.count(unguarded, alone)
    with connection.cursor() as cursor:
        cursor.execute(asked.sql, asked.parameters)
        assert cursor.fetchone()[0] > 0


def test_each_mode_is_compared_with_its_own_account(
    two_modes: TwoModes, campaign: Campaign
) -> None:
    rehearsal = make_test_campaign(team=campaign.team)
    live, test = two_modes.live.register(campaign), two_modes.test.register(rehearsal)
    for story, donation in ((two_modes.live, live), (two_modes.test, test)):
        story.sandbox.pay(donation.session_id)
        for delivery in story.sandbox.deliveries():  # no webhook comes
            story.sandbox.drop(delivery["event"])

    runs = {one.account: one for one in reconcile.run(gateway=for_workers())}

    assert set(runs) == {"", TEST_ACCOUNT}
    assert all(one.finished_at and one.movements_seen == 1 for one in runs.values())
    assert not Reconciliation.objects.filter(finished_at=None)
    for donation in (live, test):
        donation.refresh_from_db()
        assert donation.state == "paid"
        accounts = set(LedgerEntry.objects.filter(donation=donation).values_list("stripe_account"))
        assert accounts == {(donation.stripe_account,)}
    assert set(StripeEvent.objects.values_list("account", "livemode")) == {
        ("", True),
        (TEST_ACCOUNT, False),
    }
    # A transfer to a bank is none in test mode.
    two_modes.test.sandbox.payout()
    two_modes.live.sandbox.payout()
    reconcile.run(gateway=for_workers())
    assert [one.account for one in Payout.objects.all()] == [""]


def test_money_of_a_test_goes_back_at_the_test_account(
    two_modes: TwoModes, campaign: Campaign
) -> None:
    rehearsal = make_test_campaign(team=campaign.team)
    gift = two_modes.test.give(rehearsal)
    for_workers().refund(
        str(gift.payment_intent_id), minor=None, idempotency_key="r", account=gift.stripe_account
    )
    two_modes.test.webhooks(gift)
    assert totals.of_campaign(rehearsal).raised.minor == 0
    # Who pays with a test card owns no address: its mails have their number.
    assert not proven.is_proven(gift.email)
    with override_settings(LIMITS=replace(settings.LIMITS, mails_before_payment=2)):
        going = [caps.allows("refund", gift.email, key=str(n), is_test=True) for n in range(3)]
        assert going == [True, True, False]
        assert caps.allows("refund", gift.email, key="real")
    assert proven.is_proven(two_modes.live.give(campaign).email)


def test_crossed_signatures_and_modes_are_refused(
    client: Client, two_modes: TwoModes, campaign: Campaign
) -> None:
    live = two_modes.live.register(campaign)
    test = two_modes.test.register(make_test_campaign(team=campaign.team))
    two_modes.live.sandbox.pay(live.session_id)
    two_modes.test.sandbox.pay(test.session_id)
    by_live, by_test = (
        next(
            one
            for one in story.sandbox.deliveries()
            if json.loads(one["body"])["type"] == "checkout.session.completed"
        )
        for story in (two_modes.live, two_modes.test)
    )
    crossed = [
        {**by_live, "headers": by_test["headers"]},
        {**by_test, "headers": by_live["headers"]},
        _signed_again(by_live, "whsec_tests_account"),  # a live event by the test secret
        _signed_again(by_test, "whsec_tests_account", account="acct_1"),
        _signed_again(by_test, "whsec_tests_live", account=TEST_ACCOUNT),
    ]
    assert [deliver(client, one) for one in crossed] == [400] * len(crossed)
    assert not StripeEvent.objects.exists()

    # As before, a test event by the live secret is kept, and never applied.
    assert deliver(client, _signed_again(by_test, "whsec_tests_live")) == 200
    kept = StripeEvent.objects.get()
    assert (kept.account, kept.error, kept.set_aside_at is not None) == (
        "",
        "livemode differs",
        True,
    )
    assert deliver(client, by_live) == 200  # the same check lets through what is right


def _signed_again(delivery: dict[str, Any], secret: str, **changes: str) -> dict[str, Any]:
    import stripe

    text = json.dumps({**json.loads(delivery["body"]), **changes})
    moment = int(clock.now().timestamp())
    signed = stripe.WebhookSignature._compute_signature(f"{moment}.{text}", secret)
    header = {"Stripe-Signature": f"t={moment},v1={signed}"}
    return {**delivery, "body": text, "headers": header}


def test_the_database_refuses_to_mix(campaign: Campaign, two_modes: TwoModes) -> None:
    rehearsal = make_test_campaign(team=campaign.team)
    live, test = two_modes.live.register(campaign), two_modes.test.register(rehearsal)
    refused: list[tuple[Any, dict[str, Any]]] = [
        (Campaign.objects.filter(pk=campaign.pk), {"test_mode": True}),
        (Campaign.objects.filter(pk=campaign.pk), {"stripe_account": TEST_ACCOUNT}),
        (Campaign.objects.filter(pk=rehearsal.pk), {"stripe_account": ""}),
        (Campaign.objects.filter(pk=rehearsal.pk), {"destination": Destination.EXTERNAL}),
        (Donation.objects.filter(pk=live.pk), {"campaign": rehearsal}),
        (Donation.objects.filter(pk=test.pk), {"campaign": campaign}),
        (Donation.objects.filter(pk=test.pk), {"stripe_account": ""}),
        (Donation.objects.filter(pk=test.pk), {"livemode": True}),
    ]
    for rows, values in refused:
        with pytest.raises(Exception) as caught, transaction.atomic():  # noqa: PT011 -- looked at
            rows.update(**values)
        assert isinstance(caught.value, IntegrityError) or "Cannot update" in str(caught.value)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Campaign.objects.filter(pk=rehearsal.pk).update(test_mode=False, stripe_account="")


def test_nothing_of_it_is_for_programs_or_sent_on(client: Client, two_modes: TwoModes) -> None:
    rehearsal = make_test_campaign()
    for name in ("campaign_totals", "campaign_feed"):
        assert client.get(reverse(name, args=[rehearsal.slug])).status_code == 404
    assert not remittances.is_sent_on(rehearsal)
    entries = client.get(reverse("entries_csv", args=[rehearsal.slug]))
    assert 'filename="TEST-' in entries["Content-Disposition"]
    page = client.get(f"/c/{rehearsal.slug}/").content.decode()
    assert '<meta name="robots" content="noindex">' in page


def test_its_receipt_is_none(two_modes: TwoModes) -> None:
    given = two_modes.test.give(make_workshop(make_test_campaign()))
    paper = read(receipts.pdf(given, "fr")).text
    assert "Pas un reçu : un essai" in paper
    assert "aucun argent réel ne circule" in paper
    assert receipts.file_name(given).startswith("TEST-")


def test_an_organizer_chooses_it_when_a_campaign_begins(
    client: Client, alice: User, campaign: Campaign, two_modes: TwoModes
) -> None:
    client.force_login(alice)
    typed = {
        "title": "Rehearsal",
        "charity": "charity-water",
        "currency": "USD",
        "destination": "charity",
        "mode": "test",
    }
    page = client.get(reverse("campaign_create"))
    assert "no real money moves, ever" in page.content.decode()
    external = client.post(reverse("campaign_create"), {**typed, "destination": "external"})
    assert external.status_code == 422
    assert client.post(reverse("campaign_create"), typed).status_code == 302
    made = Campaign.objects.get(test_mode=True)
    assert made.stripe_account == TEST_ACCOUNT
    assert not account_readiness.problems(made)  # though its charity has no account
    payments = reverse("campaign_payments", args=[made.public_id])
    assert "4242" in client.get(payments).content.decode()
    assert client.post(payments, {"place": "site"}).status_code == 404
    assert client.post(reverse("campaign_create"), {**typed, "mode": "real"}).status_code == 302
    assert Campaign.objects.latest("pk").stripe_account == ""


def test_without_test_keys_there_is_no_choice_and_no_giving(
    client: Client, alice: User, campaign: Campaign
) -> None:
    client.force_login(alice)
    assert 'name="mode"' not in client.get(reverse("campaign_create")).content.decode()
    rehearsal = make_test_campaign(team=campaign.team)
    payments = client.get(reverse("campaign_payments", args=[rehearsal.public_id]))
    assert "no test keys" in payments.content.decode()
    answer = client.post(address(rehearsal), {"amount": "2000"})
    assert answer.status_code != 302
    assert not Donation.objects.exists()
