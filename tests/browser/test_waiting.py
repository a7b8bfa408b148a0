"""A group of three, and an offer from the waiting list, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from donations.models import Donation
from donations.services import invariants
from events.models import Booking, Message, Workshop
from events.services import access
from events.services.seating import waiting_list
from tests.browser.conftest import Open
from tests.support.browser import PHONE
from tests.support.cast import give_form, make_campaign, make_workshop
from tests.support.race import at_once, form
from tests.support.sandbox import SandboxControl
from tests.support.site import StartProcess

pytestmark = [pytest.mark.django_db(transaction=True)]


def path_of(workshop: Workshop) -> str:
    return f"/c/{workshop.campaign.slug}/{workshop.slug}/"


def pay(page: Page) -> None:
    """Pay on the sandbox's page and come back to the ticket."""
    page.wait_for_url("**/pay/cs_test_*")
    page.locator("button[name=fill][value^='4242']").click()
    page.locator("button.pay").click()
    page.wait_for_url("**/checkout/**")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_group_of_three_comes_on_one_gift(
    open_context: Open, sandbox: SandboxControl, start_web: StartProcess, *, scripts: bool
) -> None:
    workshop = make_workshop(make_campaign())
    site = start_web().url
    sandbox.deliver_automatically()
    page = open_context(java_script_enabled=scripts).new_page()
    page.goto(site + path_of(workshop))
    second, third = (page.locator(f"#id_person_{n}_name") for n in (2, 3))
    expect(second).to_be_hidden()
    page.get_by_label("Seats").select_option("3")
    expect(second).to_be_visible()
    expect(third).to_be_visible()
    expect(page.locator("#id_person_4_name")).to_be_hidden()
    page.locator("input[name=amount][value='2000']").check()
    page.get_by_label("Your name").fill("Dora")
    page.locator("#id_email").fill("dora@example.org")
    second.fill("Fred")
    page.locator("#id_person_2_email").fill("fred@example.org")
    page.locator("[data-submit]").click()
    expect(page.get_by_role("alert")).to_contain_text("Write this person’s name")
    expect(second).to_have_value("Fred")
    third.fill("Fay")
    page.locator("[data-submit]").click()
    pay(page)
    page.goto(page.url)
    booking = Booking.objects.get()
    assert [one.name for one in booking.registrations.order_by("position")] == [
        "Dora",
        "Fred",
        "Fay",
    ]
    assert Donation.objects.get().amount_minor == 2000
    assert list(invariants.broken()) == []


def _join_the_line(page: Page) -> None:
    """Fill in the form of a full workshop, in French."""
    page.get_by_label("Votre nom").fill("Wanda")
    page.get_by_label("Adresse e-mail").fill("wanda@example.org")
    page.get_by_role("button", name="Attendre une place").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("liste d’attente")


def test_on_a_phone_in_french_somebody_waits_and_takes_the_offered_seat(
    open_context: Open,
    sandbox: SandboxControl,
    start_web: StartProcess,
    start_process: StartProcess,
) -> None:
    workshop = make_workshop(
        make_campaign(), capacity=1, translations={"fr": {"title": "Ouvrir une boutique"}}
    )
    site = start_web().url
    start_process("worker")
    sandbox.deliver_automatically()
    at_once(site, [form(path_of(workshop), give_form(email="holder@example.org"))])
    held = Donation.objects.get()

    page = open_context(**PHONE).new_page()
    page.goto(site + path_of(workshop))
    _join_the_line(page)
    wanda = Booking.objects.get(email="wanda@example.org")
    assert Message.objects.filter(key=f"waiting_joined:{wanda.pk}").exists()
    own = f"{site}/b/{access.booking_link(wanda)}/"
    page.goto(own)
    expect(page.locator("#line-title")).to_contain_text("rang 1")
    sandbox.expire(held.session_id)
    _until_offered(page, own)
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est votre tour")
    page.get_by_role("button", name="Prendre la place").tap()
    expect(page.locator(".kept").first).to_contain_text("Réservé pour vous jusqu’au")
    page.get_by_label("Votre nom").fill("Wanda W.")
    page.get_by_role("button", name="J’ai besoin de plus de temps").tap()
    expect(page.get_by_label("Votre nom")).to_have_value("Wanda W.")
    expect(page.get_by_role("button", name="J’ai besoin de plus de temps")).to_have_count(0)
    page.locator("input[name=amount][value='2000']").check()
    page.locator("[data-submit]").tap()
    pay(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est confirmé !", timeout=30_000)
    wanda.refresh_from_db()
    assert (wanda.state, wanda.name) == ("confirmed", "Wanda W.")
    assert waiting_list.offer(workshop.pk) == 0
    assert list(invariants.broken()) == []


def _until_offered(page: Page, own: str) -> None:
    """The worker is woken by the freed seat: reload until the offer is there."""
    for _ in range(40):
        page.goto(own)
        if page.locator("#offer-title").count():
            return
        page.wait_for_timeout(500)
    pytest.fail("nothing was offered")
