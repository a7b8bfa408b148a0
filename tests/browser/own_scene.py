"""The attendee's own pages for the scene: opened, and with what is wrong at its field."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page

from donations.services import refund_requests
from donations.services.links import gift_link
from events.models import Person, Workshop
from events.services import access
from fundraiser.core import clock
from tests.support.story import Story

Steps = Callable[[Page], None]


def pages(story: Story, workshop: Workshop) -> tuple[dict[str, str], dict[str, Steps]]:
    """Make a group, a gift asked back and one refused; return paths, and steps on them."""
    noor = {"person_2_name": "Noor", "person_2_email": "noor@example.org"}
    typed = {"email": "own@example.org", "name": "Own", "question_shop": "tea"}
    group = story.give(workshop, seats=2, question_rules="on", **typed, **noor).booking
    assert group is not None
    asked = story.give(workshop.campaign, **typed)
    refund_requests.ask(asked.pk)
    answered = story.give(workshop.campaign, **typed)
    refund_requests.ask(answered.pk)
    refund_requests.decline(answered, reason="It was sent on already.")
    person = Person.objects.create(email="own@example.org")
    own = reverse("person", args=[access.person_link(person)])
    companion = group.registrations.get(position=2)
    paths = {
        "own booking": reverse("booking", args=[access.booking_link(group)]),
        "own booking errors": reverse("booking", args=[access.booking_link(group)]),
        "own seat": reverse("seat", args=[access.registration_link(companion, access.SEAT_LINK)]),
        "own gift asked back": reverse("gift", args=[gift_link(asked)]),
        "own gift answered": reverse("gift", args=[gift_link(answered)]),
        "own address": own,
        "own statement": f"{own}{clock.now().year}/USD/",
        "own erasing": f"{own}erase/",
        "own erasing errors": f"{own_of(story, workshop)}erase/",
        "lost link": reverse("lost_link"),
        "lost link errors": reverse("lost_link"),
        "lost link sent": reverse("lost_link"),
    }
    steps: dict[str, Steps] = {
        "own booking": _open,
        "own booking errors": _hand_over_to_nobody,
        "own seat": _open,
        "own gift asked back": _open,
        "own erasing errors": _send("typed", "nobody"),
        "lost link errors": _send("email", "nobody"),
        "lost link sent": _send("email", "somebody@example.org"),
    }
    return paths, steps


def own_of(story: Story, workshop: Workshop) -> str:
    """Return the page of an address that nothing keeps from being erased."""
    story.give(workshop.campaign, email="erased@example.org")
    person = Person.objects.create(email="erased@example.org")
    path: str = reverse("person", args=[access.person_link(person)])
    return path


def _open(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def _hand_over_to_nobody(page: Page) -> None:
    _open(page)
    with page.expect_navigation():
        page.locator("form[action$='/people/1/hand-over/'] button").click()


def _send(name: str, value: str) -> Steps:
    def steps(page: Page) -> None:
        page.locator(f"[name={name}]").fill(value)
        with page.expect_navigation():
            page.locator("main form button").last.click()

    return steps
