"""Promise 6: double click, back button, two tabs, ten parallel submits: at most one payable Stripe
session per booking.
"""

from __future__ import annotations

import dataclasses
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Page

from donations.gateway import InProgressError
from donations.models import Donation
from donations.services import checkout
from events.models import Booking, Workshop
from fundraiser.core.money import Money
from tests.machine.checks import open_sessions, two_payable
from tests.machine.world import World
from tests.support.cast import give_form
from tests.support.race import at_once, form
from tests.support.sandbox import SandboxControl
from tests.support.site import RunningProcess

SUBMITS = 10


def path_of(workshop: Workshop) -> str:
    return f"/c/{workshop.campaign.slug}/{workshop.slug}/"


def payable(sandbox: SandboxControl) -> list[str]:
    """Return which sessions can be paid now."""
    return [session["id"] for session in open_sessions(sandbox, "")]


# --- the real web server ------------------------------------------------------------------------
@pytest.mark.alone
def test_ten_parallel_submits_lead_to_one_payable_page(
    workshop: Workshop, sandbox: SandboxControl, start_web: Any
) -> None:
    web = start_web(WEB_WORKERS="2", WEB_THREADS="8")
    call = form(path_of(workshop), give_form())
    answers = at_once(web.url, [call] * SUBMITS)
    assert {one.status for one in answers} == {302}, web.output()[-3000:]
    assert len({one.headers["location"] for one in answers}) == 1
    assert payable(sandbox) == [Donation.objects.get().session_id]
    assert Booking.objects.count() == 1


@pytest.mark.alone
def test_ten_tabs_with_other_amounts_have_a_booking_for_each_payable_page(
    workshop: Workshop, sandbox: SandboxControl, start_web: Any
) -> None:
    """Ten copies of one page, each with an amount of its own, sent at the same moment."""
    web = start_web(WEB_WORKERS="2", WEB_THREADS="8")
    visit = str(uuid.uuid4())
    calls = [
        form(
            path_of(workshop),
            give_form(nonce=visit, amount="other", other_amount=10 + number),
        )
        for number in range(SUBMITS)
    ]
    answers = at_once(web.url, calls)
    assert {one.status for one in answers} <= {302, 503}, web.output()[-3000:]
    assert two_payable(open_sessions(sandbox, "")) == []
    # The next click in any of them leaves exactly one page to pay on.
    (last,) = at_once(web.url, calls[-1:])
    assert last.status == 302
    assert [f"{sandbox.base}/pay/{one}" for one in payable(sandbox)] == [last.headers["location"]]


@pytest.mark.alone
def test_a_double_click_in_a_real_browser_leads_to_one_payable_page(
    page: Page, workshop: Workshop, sandbox: SandboxControl, web_server: RunningProcess
) -> None:
    page.goto(web_server.url + path_of(workshop))
    fill(page)
    page.locator("[data-submit]").dblclick()
    page.wait_for_url(f"{sandbox.base}/**")
    assert payable(sandbox) == [Donation.objects.get().session_id]


@pytest.mark.alone
def test_back_button_and_second_tab_in_a_real_browser(
    page: Page, workshop: Workshop, sandbox: SandboxControl, web_server: RunningProcess
) -> None:
    page.goto(web_server.url + path_of(workshop))
    fill(page)
    page.locator("[data-submit]").click()
    page.wait_for_url(f"{sandbox.base}/**")
    first = page.url
    page.go_back()
    page.wait_for_url(f"{web_server.url}/**")
    fill(page, amount="50")
    page.locator("[data-submit]").click()
    page.wait_for_url(f"{sandbox.base}/**")
    assert page.url != first
    assert len(payable(sandbox)) == 1
    tab = page.context.new_page()
    tab.goto(first)
    assert payable(sandbox) == [Donation.objects.get(state="open").session_id]
    assert two_payable(open_sessions(sandbox, "")) == []


def fill(page: Page, *, amount: str = "20") -> None:
    """Fill in the form of a workshop's page."""
    page.locator("[name=amount][value=other]").check()
    page.locator("[name=other_amount]").fill(amount)
    page.locator("[name=name]").fill("Dora")
    page.locator("[name=email]").fill("dora@example.org")


# --- step by step ---------------------------------------------------------------------------------
def test_the_same_form_again_gives_the_same_page(
    client: Client, workshop: Workshop, sandbox: SandboxControl
) -> None:
    fields = give_form()
    answers = [client.post(path_of(workshop), fields) for _ in range(5)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert len(payable(sandbox)) == 1


def test_back_with_another_amount_replaces_the_page(
    client: Client, workshop: Workshop, sandbox: SandboxControl
) -> None:
    fields = give_form()
    first = client.post(path_of(workshop), fields)["Location"]
    second = client.post(path_of(workshop), {**fields, "amount": "5000"})["Location"]
    assert first != second
    assert [f"{sandbox.base}/pay/{one}" for one in payable(sandbox)] == [second]
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1
    third = client.post(path_of(workshop), fields)["Location"]
    assert [f"{sandbox.base}/pay/{one}" for one in payable(sandbox)] == [third]


def test_back_after_paying_leads_to_no_second_page(
    client: Client, workshop: Workshop, sandbox: SandboxControl
) -> None:
    """The first payment is not lost, and its seat is the only one."""
    fields = give_form()
    client.post(path_of(workshop), fields)
    sandbox.pay(Donation.objects.get().session_id)
    answer = client.post(path_of(workshop), fields)
    assert answer.status_code == 302
    assert sandbox.base not in answer["Location"] or payable(sandbox) == []
    assert payable(sandbox) == []


def test_two_tabs_are_two_bookings_with_one_page_each(
    client: Client, workshop: Workshop, sandbox: SandboxControl
) -> None:
    """Two pages opened apart: two gifts at will; paid both, the second becomes a gift."""
    for _ in range(2):
        client.post(path_of(workshop), give_form(nonce=uuid.uuid4()))
    assert two_payable(open_sessions(sandbox, "")) == []
    assert len(payable(sandbox)) == Booking.objects.count() == 2


def test_an_answer_that_was_lost_leads_to_the_same_page(
    client: Client, workshop: Workshop, sandbox: SandboxControl
) -> None:
    fields = give_form()
    sandbox.fail_next(1, how="after", path="/v1/checkout/sessions")
    assert client.post(path_of(workshop), fields).status_code == 503
    assert client.post(path_of(workshop), fields).status_code == 302
    assert payable(sandbox) == [Donation.objects.get().session_id]


def test_paid_in_both_tabs_the_second_payment_is_a_gift(world: World) -> None:
    place = world.places[0]
    first, second = (world.start(place, world.gift(place, visitor=1)) for _ in range(2))
    for attempt in (first, second):
        world.pay(attempt)
    world.deliver_all()
    assert world.donation(first).purpose == "seat"
    assert world.donation(second).purpose == "gift"
    workshop = place.workshop
    assert workshop is not None
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1


# --- negative controls --------------------------------------------------------------------------
def start_at_once(world: World, count: int) -> None:
    """Send one form in several threads, whose calls to Stripe begin at the same moment."""
    place, barrier = world.places[0], threading.Barrier(count, timeout=30)
    gift = world.gift(place)
    first = world.start(place, gift)
    Donation.objects.filter(pk=first.donation).update(
        session_id=None, session_url="", state="created"
    )

    def one(_: int) -> None:
        try:
            donation = Donation.objects.get(pk=first.donation)
            barrier.wait()
            checkout.ensure_session(donation, gateway=world.gateway)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))


@pytest.mark.alone
def test_one_key_for_all_leads_to_one_payable_page(world: World) -> None:
    try:
        start_at_once(world, 4)
    except InProgressError:
        assert Donation.objects.exclude(session_id=None).exists()
    assert two_payable(open_sessions(world.sandbox, "")) == []


@pytest.mark.alone
def test_control_a_key_for_each_try_is_reported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Donation, "idempotency_key", property(lambda self: str(uuid.uuid4())))
    start_at_once(world, 4)
    assert len(two_payable(open_sessions(world.sandbox, ""))) == 1


def test_control_without_replacing_the_earlier_page_stays_payable(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "replace", lambda others, gateway: None)
    place = world.places[2]
    gift = world.gift(place)
    world.start(place, gift)
    world.start(place, dataclasses.replace(gift, amount=Money(9900, gift.amount.currency)))
    assert len(payable(world.sandbox)) == 2
