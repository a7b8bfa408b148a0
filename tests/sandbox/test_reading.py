"""Expanding objects and walking through lists."""

import pytest
import stripe

from tests.sandbox.requests import fetched, opened, paid


def test_expand_down_to_the_fee_and_the_refunds(sandbox, client):
    made = paid(sandbox, client)
    sandbox.control.refund(session=made.id, amount=500)
    found = client.v1.checkout.sessions.retrieve(
        made.id,
        {
            "expand": [
                "line_items",
                "payment_intent.latest_charge.balance_transaction",
                "payment_intent.latest_charge.refunds.data.balance_transaction",
            ]
        },
    )
    charge = found.payment_intent.latest_charge
    assert charge.balance_transaction.fee == 88
    assert charge.refunds.data[0].balance_transaction.amount == -500
    assert found.line_items.data[0].description == "A gift"


def test_unexpanded_references_are_ids(sandbox, client):
    made = paid(sandbox, client)
    found = client.v1.checkout.sessions.retrieve(made.id)
    assert found.payment_intent == made.payment_intent.id
    assert getattr(found, "line_items", None) is None


def test_expand_in_lists(sandbox, client):
    made = paid(sandbox, client)
    found = client.v1.checkout.sessions.list({"expand": ["data.payment_intent.latest_charge"]})
    assert found.data[0].payment_intent.latest_charge.id == made.payment_intent.latest_charge.id
    source = client.v1.balance_transactions.list({"expand": ["data.source"]}).data[0].source
    assert source.object == "charge"


@pytest.mark.parametrize("path", ["status", "nothing", "a.b.c.d.e", "payment_intent.amount"])
def test_what_cannot_be_expanded(sandbox, client, path):
    made = paid(sandbox, client)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.retrieve(made.id, {"expand": [path]})
    assert refusal.value.param == "expand"


def test_cursors_walk_both_ways(client):
    made = [opened(client).id for _ in range(7)][::-1]
    pages, cursor = [], None
    while True:
        given = {"limit": 3} | ({"starting_after": cursor} if cursor else {})
        page = client.v1.checkout.sessions.list(given)
        pages.append([session.id for session in page.data])
        if not page.has_more:
            break
        cursor = page.data[-1].id
    assert pages == [made[:3], made[3:6], made[6:]]
    back = client.v1.checkout.sessions.list({"limit": 3, "ending_before": made[6]})
    assert [session.id for session in back.data] == made[3:6]
    assert back.has_more
    walked = client.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()
    assert [session.id for session in walked] == made


def test_unknown_cursor(client):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.list({"starting_after": "cs_test_nothing"})
    assert refusal.value.param == "starting_after"


def test_filters_by_time_and_reference(sandbox, client):
    start = sandbox.control.now()
    first = paid(sandbox, client)
    sandbox.control.advance(100)
    second = paid(sandbox, client)
    later = client.v1.checkout.sessions.list({"created": {"gte": start + 50}}).data
    assert [session.id for session in later] == [second.id]
    earlier = client.v1.charges.list({"created": {"lt": start + 50}}).data
    assert [charge.payment_intent for charge in earlier] == [first.payment_intent.id]
    same = client.v1.charges.list({"payment_intent": second.payment_intent.id}).data
    assert [charge.id for charge in same] == [second.payment_intent.latest_charge.id]
    found = client.v1.checkout.sessions.list({"payment_intent": first.payment_intent.id}).data
    assert [session.id for session in found] == [first.id]
    opened(client)
    states = client.v1.checkout.sessions.list({"status": "complete"}).data
    assert {session.status for session in states} == {"complete"}
    refund = sandbox.control.refund(session=first.id)
    by_charge = client.v1.refunds.list({"charge": refund["charge"]}).data
    assert [entry.id for entry in by_charge] == [refund["id"]]


def test_events_by_type_and_for_thirty_days(sandbox, client):
    paid(sandbox, client)
    kinds = {event.type for event in client.v1.events.list({"type": "charge.*"}).data}
    assert kinds == {"charge.succeeded", "charge.updated"}
    some = client.v1.events.list({"types": ["charge.updated", "payment_intent.created"]}).data
    assert [event.type for event in some] == ["charge.updated", "payment_intent.created"]
    sandbox.control.advance(31 * 24 * 3600)
    found = client.v1.events.list().data
    assert {event.type for event in found} <= {"checkout.session.expired"}


def test_missing_object(client):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        fetched(client, "cs_test_nothing")
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
