"""The room in a real browser: the countdown, the way out past the policy, the page on stage."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, Route, expect

from events.models import Host, Registration, Workshop
from events.services import access
from tests.browser import looks
from tests.browser.conftest import Open
from tests.support.browser import PHONE
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.rooms import HOME, OFFICE, ROOM, seated, way_in
from tests.support.rooms import Browser as Visitor
from tests.support.story import Story

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(clock: Clock) -> Workshop:
    return make_workshop(
        make_campaign(translations={"fr": {"title": "De l’eau potable"}}),
        join_url=ROOM,
        translations={"fr": {"title": "Ouvrir une boutique en ligne"}},
    )


# --- the countdown ----------------------------------------------------------------------------


def test_the_countdown_counts_follows_a_moved_workshop_and_lets_in_by_itself(
    open_context: Open, site: str, shop: Workshop, clock: Clock
) -> None:
    dora = seated(shop)
    clock.set(shop.starts_at - timedelta(minutes=15, seconds=90))
    page = open_context(timezone_id="America/Montreal").new_page()
    page.goto(f"{site}{way_in(dora)}")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^1:(30|2\d)$"))
    expect(page.locator(".own-time")).to_contain_text("your time")
    expect(page.get_by_text("Leave this page open")).to_be_visible()
    assert "rooms.example.org" not in page.content()

    # The organizer moves it by a day; whoever comes back to the page sees that.
    Workshop.objects.filter(pk=shop.pk).update(starts_at=shop.starts_at + timedelta(days=1))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-clock]")).to_contain_text("1 day 0:01:")

    Workshop.objects.filter(pk=shop.pk).update(starts_at=shop.starts_at)
    with page.expect_request(ROOM):
        clock.set(shop.starts_at)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    dora.refresh_from_db()
    assert (dora.attended, dora.attendance_source) == (True, "click")


def test_a_page_that_nobody_sees_lets_nobody_in(
    open_context: Open, site: str, shop: Workshop, clock: Clock
) -> None:
    dora = seated(shop)
    clock.set(shop.starts_at - timedelta(minutes=15, seconds=2))
    page = open_context().new_page()
    page.add_init_script(
        "let hidden = true; Object.defineProperty(document, 'hidden', { get: () => hidden });"
        "addEventListener('come-back', () => { hidden = false; });"
    )
    page.goto(f"{site}{way_in(dora)}")
    with page.expect_response("**/status/"):
        clock.set(shop.starts_at)
    page.wait_for_timeout(700)
    assert Registration.objects.get().attended is None

    with page.expect_request(ROOM):
        page.evaluate("dispatchEvent(new Event('come-back'))")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_without_javascript_the_button_leads_in(
    open_context: Open, site: str, shop: Workshop, clock: Clock
) -> None:
    clock.set(shop.starts_at - timedelta(minutes=20))
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{site}{way_in(seated(shop))}")
    expect(page.get_by_text("5:00")).to_be_visible()
    clock.set(shop.starts_at)
    page.get_by_role("button", name="Check again").click()
    with page.expect_request(ROOM):
        page.get_by_role("button", name="Join now").click()


def test_the_countdown_counts_in_french_too(
    open_context: Open, site: str, shop: Workshop, clock: Clock
) -> None:
    clock.set(shop.starts_at - timedelta(days=2, minutes=16, seconds=5.5))
    page = open_context(locale="fr-FR").new_page()
    page.goto(f"{site}{way_in(seated(shop))}")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^2 jours 0:01:0\d$"))


# --- the way out past the policy --------------------------------------------------------------


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[str]:
    """A provider over https that sends on from one host name to another, as Zoom does."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("no openssl to make a certificate with")
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"),
            *("-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")),
        ],
        check=True,
        capture_output=True,
    )
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Referer", ""))
            if self.path == "/short":
                self.send_response(302)
                self.send_header("Location", f"https://localhost:{server.server_address[1]}/room")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<h1>You are in</h1><p>from: {max(seen)}</p>".encode())

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}/short"
    server.shutdown()
    server.server_close()


def _at_the_open_room(page: Page, site: str, shop: Workshop, clock: Clock, room: str) -> None:
    Workshop.objects.filter(pk=shop.pk).update(join_url=room)
    clock.set(shop.starts_at)
    page.goto(f"{site}{way_in(seated(shop))}")


def test_the_click_arrives_through_the_providers_own_redirects_and_tells_no_referrer(
    open_context: Open, site: str, shop: Workshop, clock: Clock, provider: str
) -> None:
    page = open_context(ignore_https_errors=True).new_page()
    _at_the_open_room(page, site, shop, clock, provider)
    page.get_by_role("button", name="Join now").click()
    expect(page.get_by_role("heading")).to_have_text("You are in")
    expect(page.locator("p")).to_have_text("from:")


def test_control_with_the_policy_of_the_other_pages_the_browser_stops_the_click(
    browser: Browser, site: str, shop: Workshop, clock: Clock, provider: str
) -> None:
    page = browser.new_context(ignore_https_errors=True).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    def usual_policy(route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        answer = route.fetch()
        policy = answer.headers["content-security-policy"].replace("'self' https:", "'self'")
        headers = {**answer.headers, "content-security-policy": policy}
        route.fulfill(response=answer, headers=headers)

    page.route("**/j/*/", usual_policy)
    _at_the_open_room(page, site, shop, clock, provider)
    page.get_by_role("button", name="Join now").click()
    page.wait_for_timeout(1500)
    assert any("form-action" in text for text in said), said
    expect(page.get_by_role("heading", name="The room is open")).to_be_visible()
    page.context.close()


# --- everybody --------------------------------------------------------------------------------


def _pages(shop: Workshop, clock: Clock) -> Iterator[tuple[str, str]]:
    """Yield each page with the room's clock set for it."""
    dora = seated(shop, email="dora.with.a.rather.long.address@example.org")
    host = Host.objects.create(workshop=shop, name="Ann", email="ann@example.org")
    clock.set(shop.starts_at - timedelta(days=2, hours=3))
    yield "room early by days", way_in(dora)
    clock.set(shop.starts_at - timedelta(minutes=21))
    yield "room early", way_in(dora)
    yield "room host", f"/h/{access.host_link(host)}/"
    clock.set(shop.starts_at)
    yield "room open", (used := way_in(dora))
    for network in (HOME, OFFICE):
        Visitor(network).enter(used)
    yield "room in use elsewhere", used
    Workshop.objects.filter(pk=shop.pk).update(join_url="")
    yield "room not ready", way_in(dora)
    yield "room host without room", f"/h/{access.host_link(host)}/"
    Workshop.objects.filter(pk=shop.pk).update(replay_url=ROOM, replay_for_gifts=True)
    clock.set(shop.ends_at + timedelta(hours=2))
    yield "room over", way_in(dora)
    yield "replay", f"/r/{access.registration_link(dora, access.REGISTRATION_LINK)}/"
    yield "workshop past with replay", f"/c/{shop.campaign.slug}/{shop.slug}/"
    yield "give to watch", f"/c/{shop.campaign.slug}/{shop.slug}/watch/"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_rooms_pages_can_be_used_by_everybody(
    open_context: Open, site: str, shop: Workshop, clock: Clock, language: str
) -> None:
    phone = open_context(**{**PHONE, "locale": language, "reduced_motion": "reduce"}).new_page()
    problems: dict[str, list[str]] = {}
    for name, path in _pages(shop, clock):
        phone.goto(f"{site}{path}")
        assert phone.locator("h1").count() == 1, name
        problems |= looks.problems(phone, f"{name} {language}", looks.schemes(language))
        if folder := os.environ.get("SCREENSHOTS"):
            phone.set_viewport_size({"width": 1280, "height": 900})
            phone.screenshot(path=Path(folder) / f"{name} {language} wide.png".replace(" ", "-"))
            phone.set_viewport_size(PHONE["viewport"])
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())


def test_the_organizers_pages_of_the_room_can_be_used_by_everybody(
    open_context: Open, site: str, shop: Workshop, story: Story, tmp_path: Path
) -> None:
    for name in ("Dora", "Emil", "Zoë with a long name"):
        seated(shop, name=name)
    Workshop.objects.filter(pk=shop.pk).update(room_kind="jitsi")
    story.client.force_login(User.objects.create_superuser("root"))
    context = open_context(**{**PHONE, "locale": "en", "reduced_motion": "reduce"})
    session = story.client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page = context.new_page()
    problems: dict[str, list[str]] = {}
    for name in ("room", "attendance"):
        page.goto(f"{site}/organize/workshops/{shop.public_id}/{name}/")
        problems |= looks.problems(page, f"organize {name}")
    page.goto(f"{site}/organize/workshops/{shop.public_id}/room/")
    page.get_by_label("Address of the room").fill("http://rooms.example.org")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    problems |= looks.problems(page, "organize room with an error")
    page.goto(f"{site}/organize/workshops/{shop.public_id}/attendance/")
    report = tmp_path / "report.csv"
    report.write_text("Name,Email\nD,dora@example.org\nEmil,e@work.example\nPhone,\n")
    page.locator("[name=report]").set_input_files(report)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_role("heading", name="1 person recognised")).to_be_visible()
    problems |= looks.problems(page, "organize report")
    page.get_by_role("button", name="Record them as present").click()
    expect(page.get_by_text("1 more person is recorded as present.")).to_be_visible()
    assert not problems, "\n".join(f"{name} {what}" for name, what in problems.items())
