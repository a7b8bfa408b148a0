"""The whole story in a real browser, with every process real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect

from donations.models import Donation
from donations.services import invariants, totals
from events.models import Booking, Campaign, Workshop
from tests.browser.conftest import Open
from tests.support.browser import PHONE
from tests.support.calendars import read_calendar
from tests.support.cast import make_campaign, make_workshop
from tests.support.mailbox import RunningMailbox
from tests.support.sandbox import SandboxControl
from tests.support.site import StartProcess

pytestmark = [pytest.mark.django_db(transaction=True)]

_TITLE = "Ouvrir une boutique en ligne"
_START = datetime(2027, 3, 24, 18, 0, tzinfo=UTC)


def _campaign() -> Campaign:
    return make_campaign(
        currency="EUR",
        translations={"fr": {"title": "De l’eau potable", "story": "Une **belle** histoire."}},
    )


def _workshop(campaign: Campaign) -> Workshop:
    return make_workshop(
        campaign,
        translations={"fr": {"title": _TITLE}},
        join_url="https://rooms.example.org/secret-room",
        starts_at=_START,
    )


def test_a_visitor_on_a_phone_in_french_gives_and_gets_the_ticket(
    open_context: Open,
    sandbox: SandboxControl,
    mailbox: RunningMailbox,
    start_web: StartProcess,
    start_process: StartProcess,
) -> None:
    campaign = _campaign()
    workshop = _workshop(campaign)
    site = start_web().url
    start_process("worker", EMAIL_URL=mailbox.email_url)
    sandbox.deliver_automatically()
    phone = open_context(**PHONE)
    onlooker = phone.new_page()
    onlooker.goto(f"{site}/c/{campaign.slug}/")
    expect(onlooker.locator("#live-total .figure")).to_have_text("0 €")

    page = phone.new_page()
    page.goto(f"{site}/c/{campaign.slug}/")
    page.get_by_role("link", name=_TITLE).click()
    expect(page).to_have_url(f"{site}/c/{campaign.slug}/{workshop.slug}/")
    _fill(page)
    page.get_by_role("button", name="Donner 20,50 € et m’inscrire").tap()

    _pay_after_a_refusal(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est confirmé !", timeout=30_000)
    expect(page.locator(".ticket")).to_contain_text(_TITLE)
    expect(page.locator(".ticket")).to_contain_text("mercredi 24 mars 2027 à 19:00")
    expect(page.locator("#state")).to_contain_text("20,50 €")

    _read_the_mail(phone.new_page(), mailbox)
    onlooker.bring_to_front()
    expect(onlooker.locator("#live-total .figure")).to_have_text("20,50 €", timeout=40_000)
    expect(onlooker.locator("#live-wall")).to_contain_text("Amélie")
    expect(onlooker.locator("[data-live-said]")).to_contain_text("20,50 €")

    assert totals.of_campaign(campaign).raised.minor == 2050
    assert Booking.objects.get().state == "confirmed"
    assert list(invariants.broken()) == []


def _fill(page: Page) -> None:
    page.get_by_text("Autre", exact=True).tap()
    page.get_by_label("Votre montant").fill("20,50")
    expect(page.locator("[data-live-line]")).to_contain_text("20,50 €")
    page.get_by_role("textbox", name="Votre nom").fill("Amélie")
    page.get_by_role("textbox", name="Adresse e-mail").fill("amelie@example.org")


def _pay_after_a_refusal(page: Page) -> None:
    """Stripe's page (the sandbox's): the first card is declined, the second one pays."""
    page.wait_for_url("**/pay/cs_test_*")
    expect(page.locator("h1")).to_contain_text("20,50")
    page.locator("button[name=fill][value^='4000 0000 0000 0002']").tap()
    page.locator("button.pay").tap()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("button[name=fill][value^='4242']").tap()
    page.locator("button.pay").tap()
    page.wait_for_url("**/checkout/**")


def _read_the_mail(page: Page, mailbox: RunningMailbox) -> None:
    """The mail is in the mailbox, and another program understands its calendar file."""
    page.goto(mailbox.url)
    page.get_by_role("link", name=f"C’est confirmé : {_TITLE}").click(timeout=30_000)
    expect(page.locator("pre")).to_contain_text("Amélie")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("C’est confirmé !")
    assert "secret-room" not in page.content()
    link = page.get_by_role("link", name="workshop.ics").get_attribute("href")
    text = httpx.get(f"{mailbox.url}{link}", trust_env=False).text
    calendar = read_calendar(text)
    assert calendar.vevent.summary.value == _TITLE
    assert calendar.vevent.dtstart.value == _START
    assert calendar.vevent.dtend.value - calendar.vevent.dtstart.value == timedelta(hours=2)
    assert "secret-room" not in text


def test_without_javascript_one_gets_down_to_paying_and_to_the_ticket(
    open_context: Open, sandbox: SandboxControl, start_web: StartProcess
) -> None:
    """No worker applies the webhook: the button asks Stripe."""
    workshop = make_workshop(make_campaign())
    site = start_web().url
    sandbox.deliver_automatically()
    page = open_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}
    ).new_page()
    page.goto(f"{site}/c/{workshop.campaign.slug}/")
    page.get_by_role("link", name=workshop.title).click()
    page.get_by_text("Other", exact=True).click()
    page.get_by_label("Your own amount").fill("20.50")
    page.get_by_role("textbox", name="Your name").fill("Ada")
    page.get_by_role("textbox", name="E-mail address").fill("ada@")
    page.get_by_role("button", name="Give and register").click()
    expect(page).to_have_title(f"Error: {workshop.title} · charity: water")
    expect(page.get_by_label("Your own amount")).to_have_value("20.50")
    page.get_by_role("link", name="Write an e-mail address").click()
    page.get_by_role("textbox", name="E-mail address").fill("ada@example.org")
    page.get_by_role("button", name="Give and register").click()

    page.wait_for_url("**/pay/cs_test_*")
    page.locator("button.pay").click()
    page.wait_for_url("**/checkout/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirming your payment…")
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are in!")
    expect(page.locator(".ticket")).to_contain_text(workshop.title)
    assert Donation.objects.get().amount_minor == 2050
    assert list(invariants.broken()) == []


def _to_the_form(page: Page, site: str, workshop: Workshop) -> None:
    page.goto(f"{site}/c/{workshop.campaign.slug}/{workshop.slug}/")
    page.get_by_text("$10", exact=True).click()
    page.get_by_role("textbox", name="Your name").fill("Ada")
    page.get_by_role("textbox", name="E-mail address").fill("ada@example.org")


def test_a_double_click_and_the_back_button_leave_one_payable_session(
    open_context: Open, sandbox: SandboxControl, start_web: StartProcess
) -> None:
    workshop = make_workshop(make_campaign())
    site = start_web().url
    page = open_context().new_page()
    _to_the_form(page, site, workshop)
    page.locator("[data-submit]").dblclick(no_wait_after=True)
    page.wait_for_url("**/pay/cs_test_*")
    assert Donation.objects.count() == 1

    page.go_back()
    expect(page.get_by_role("textbox", name="Your name")).to_have_value("Ada")
    page.locator("[data-submit]").click()
    page.wait_for_url("**/pay/cs_test_*")
    assert Donation.objects.count() == 1, "the same form again is the same session"

    page.go_back()
    page.get_by_text("$50", exact=True).click()
    page.locator("[data-submit]").click()
    page.wait_for_url("**/pay/cs_test_*")
    expect(page.locator("h1")).to_contain_text("$50")
    states = dict(Donation.objects.values_list("amount_minor", "state"))
    assert states == {1000: "expired", 5000: "open"}
    workshop.refresh_from_db()
    assert workshop.seats_taken == 1
    assert list(invariants.broken()) == []


def test_the_keyboard_alone_goes_from_the_workshop_to_stripes_page(
    open_context: Open, sandbox: SandboxControl, start_web: StartProcess
) -> None:
    workshop = make_workshop(make_campaign())
    site = start_web().url
    page = open_context().new_page()
    page.goto(f"{site}/c/{workshop.campaign.slug}/{workshop.slug}/")
    keys = page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    keys.press("Enter")
    _tab_to(page, "input[name=amount]")
    for _ in range(3):  # From the first amount to "Other".
        keys.press("ArrowRight")
    expect(page.get_by_label("Your own amount")).to_be_visible()
    _tab_to(page, "input[name=other_amount]")
    keys.type("20.50")
    _tab_to(page, "input[name=cover_fee]")
    keys.press("Space")
    _tab_to(page, "input[name=name]")
    keys.type("Ada")
    keys.press("Tab")
    keys.type("ada@example.org")
    _tab_to(page, "button[data-submit]")
    assert page.evaluate(_HAS_FOCUS_RING)
    keys.press("Enter")
    page.wait_for_url("**/pay/cs_test_*")
    donation = Donation.objects.get()
    assert (donation.amount_minor, donation.fee_cover_minor) == (2143, 93)


#: Whether the focused element looks different from the same one without focus.
_HAS_FOCUS_RING = """() => {
  const style = getComputedStyle(document.activeElement);
  return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
    || style.boxShadow !== 'none';
}"""


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus; twenty times at most."""
    for _ in range(20):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached by Tab")
