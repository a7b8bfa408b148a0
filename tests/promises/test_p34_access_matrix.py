"""Promise 34. Every URL × {anonymous, attendee, another attendee, viewer, organizer, another team's
organizer, superuser} × method is tested; a URL not in the matrix fails the build; another team's
object answers 404."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.core.cache import cache, caches
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, path

from events.models import Series
from tests.access import own_pages
from tests.access.persons import people
from tests.access.rows import written
from tests.access.stage import (
    METHODS,
    PERSONS,
    SIGNED_IN,
    Stage,
    addresses,
    takes_token,
)
from tests.access.table import Table, as_text, stated
from tests.support.cast import make_campaign, make_gift, make_workshop, start
from tests.support.sandbox import SandboxControl

ADDRESSES = dict(addresses())
#: These act for nobody's session: a link, a form of one's own, a token, or Stripe's signature
#: decides.
WITHOUT_CSRF = {
    "acknowledge",
    "api_campaigns",
    "api_export_cancel",
    "api_exports",
    "api_nowhere",
    "api_workshops",
    "booking_answers",
    "booking_ask_back",
    "booking_cancel",
    "booking_choice",
    "booking_give_one_back",
    "booking_hand_over",
    "booking_keep",
    "booking_links",
    "booking_mails",
    "booking_receipt_mail",
    "booking_refund",
    "booking_take_seat",
    "carried_seat",
    "checkout_apply",
    "checkout_release",
    "claim_withdraw",
    "confirm_address",
    "erase",
    "extend",
    "gift_ask_back",
    "gift_receipt_mail",
    "gift_replay",
    "give",
    "host_join",
    "join",
    "lost_link",
    "mail_events",
    "notice_off",
    "offer",
    "onboarding",
    "onboarding_check",
    "replay",
    "seat_answers",
    "seat_hand_over",
    "seat_mails",
    "set_language",
    "show_for_seat",
    "show_gift",
    "stripe_connect_webhook",
    "stripe_webhook",
    "unsubscribe",
    "unsubscribe_host",
    "unsubscribe_invitations",
    "unsubscribe_news",
    "updates_off",
    "wait",
    "watch",
    "workshop",
}

#: Open to nobody until the workshop is cancelled: tests/flows/test_cancelled_choices.py.
UNTIL_THEN = {"booking_choice"}
#: Of the admin, whoever it is.
OPEN_TO_ALL = {"admin:login", "admin:logout"}


@pytest.fixture
def stage(db: None, sandbox: SandboxControl) -> Stage:
    """A workshop with two held seats whose sessions are open, a paid one, and the seven persons."""
    from donations.gateway.stripe import for_visitors

    campaign = make_campaign()
    series = Series.objects.create(campaign=campaign, slug="dates", title="Dates")
    workshop = make_workshop(campaign, capacity=5, series=series)
    mine, others = (start(workshop, make_gift(), for_visitors()) for _ in range(2))
    paid = own_pages.paid(workshop, sandbox)
    return Stage(workshop, mine, others, people(workshop), paid=paid)


def answer_of(response: HttpResponse) -> str:
    """Return the status, or "login" where the answer is the way to signing in."""
    location = response.headers.get("Location", "")
    to_login = response.status_code == 302 and location.startswith(
        ("/accounts/login/", "/admin/login/")
    )
    return "login" if to_login else str(response.status_code)


def methods_of(name: str, pattern: URLPattern, person: str) -> tuple[str, ...]:
    """Return the methods by which a person tries an address.

    That is each of them, except where Django's admin has wrapped the view (it marks what it
    wraps): there one and the same check of its own refuses whoever is not staff before the view is
    called, whatever the method. The organizer tries it by all five; the others who are not staff
    need no more than to look and to send.
    """
    is_wrapped = hasattr(pattern.callback, "admin_site") or hasattr(pattern.callback, "model_admin")
    if is_wrapped and name not in OPEN_TO_ALL and person not in {"admin", "organizer"}:
        return ("GET", "POST")
    return METHODS


def asked(table: Table, person: str) -> Table:
    """Return what a table says of a person, of the methods by which each address is tried."""
    return {
        (name, person): tuple(
            answer
            for method, answer in zip(METHODS, answers, strict=True)
            if name not in ADDRESSES or method in methods_of(name, ADDRESSES[name], person)
        )
        for (name, one), answers in table.items()
        if one == person
    }


def visit(
    stage: Stage,
    person: str,
    name: str,
    pattern: URLPattern,
    methods: tuple[str, ...] = METHODS,
) -> tuple[str, ...]:
    """Try the methods; assert that looking and being refused changed no row. Undone afterwards."""
    stage.client(person)  # signs in
    answers = []
    after = written()
    for method in methods:
        cache.clear()
        caches["pages"].clear()
        before = after  # PostgreSQL counts what was undone, too
        with transaction.atomic():
            answer = answer_of(stage.call(person, method, name, pattern))
            after = written()
            transaction.set_rollback(True)
        if method in {"GET", "HEAD", "DELETE"} or answer == "login" or answer >= "400":
            # A POST that needs signing in first is kept in the session, and goes on afterwards:
            # docs.allauth.org/en/latest/account/decorators.html, reauthentication.
            is_kept = name.startswith("mfa_") and answer == "login" and method in {"POST", "PUT"}
            changed = {one for one in after if after[one] != before.get(one)}
            changed -= {"django_session"} if is_kept else set()
            assert not changed, f"{method} {name} by {person} changed rows"
        answers.append(answer)
    return tuple(answers)


def differences(wanted: Table, found: Table) -> list[str]:
    """Return the lines that are missing, too many, or other than stated."""
    return [
        f"{key}: stated {wanted.get(key)}, found {found.get(key)}"
        for key in sorted({*wanted, *found})
        if wanted.get(key) != found.get(key)
    ]


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("person", PERSONS)
def test_every_address_answers_every_method_as_stated(stage: Stage, person: str) -> None:
    record = os.environ.get("ACCESS_MATRIX_RECORD")  # to write a new line, then to read it
    found: Table = {
        (name, person): visit(
            stage, person, name, one, METHODS if record else methods_of(name, one, person)
        )
        for name, one in ADDRESSES.items()
    }
    if record:
        with Path(record).open("a") as file:
            file.write(as_text(found))
        return
    assert differences(asked(stated(), person), found) == []


def test_the_table_has_every_address_and_none_that_is_gone() -> None:
    assert {name for name, _person in stated()} == set(ADDRESSES)
    assert len(stated()) == len(ADDRESSES) * len(PERSONS)


def test_links_open_for_their_holder_alone_and_nothing_answers_500() -> None:
    table = stated()
    assert not [key for key, answers in table.items() if "500" in answers]
    for name, pattern in ADDRESSES.items():
        if takes_token(pattern):
            for person in set(PERSONS) - {"attendee"}:
                assert set(table[name, person]) <= {"404", "405"}, (name, person)
            if name not in UNTIL_THEN:
                assert {"200", "302", "422"} & set(table[name, "attendee"])


def test_the_admin_is_for_the_sites_admin_alone() -> None:
    inside = [name for name in ADDRESSES if name.startswith("admin:")]
    for (name, person), answers in stated().items():
        if name in set(inside) - OPEN_TO_ALL and person != "admin":
            assert set(answers) <= {"login"}, (name, person)


def test_another_teams_organizer_sees_nothing_of_the_first(stage: Stage) -> None:
    title = stage.workshop.campaign.title
    seen = {
        person: title in stage.client(person).get("/organize/").content.decode()
        for person in SIGNED_IN
    }
    assert seen == {"viewer": True, "organizer": True, "other organizer": False, "admin": True}


def test_every_other_post_needs_a_csrf_token(stage: Stage) -> None:
    exempt = set()
    for name, pattern in ADDRESSES.items():
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.force_login(stage.users["admin"])
        with transaction.atomic():
            answer = client.post(stage.path("attendee", name, pattern))
            transaction.set_rollback(True)
        if answer.status_code not in {403, 405}:
            exempt.add(name)
    assert exempt == WITHOUT_CSRF


def _without(table: Table, names: Iterable[str]) -> Table:
    return {key: answers for key, answers in table.items() if key[0] not in set(names)}


def test_control_a_forgotten_address_and_an_open_door_are_seen(stage: Stage) -> None:
    wanted = {key: one for key, one in stated().items() if key[0] in {"home", "dashboard"}}
    opened = {**wanted, ("dashboard", "anonymous"): ("200", "200", "405", "405", "405")}
    assert len(differences(wanted, opened)) == 1
    assert len(differences(_without(wanted, ["home"]), wanted)) == len(PERSONS)


def test_control_a_view_beside_the_admins_check_is_tried_by_every_method(stage: Stage) -> None:
    """One that somebody adds to the admin without its wrapper is not taken for a wrapped one."""
    wrapped = ADDRESSES["admin:index"]
    assert methods_of("admin:index", wrapped, "viewer") == ("GET", "POST")
    bare = path("bare/", lambda request: HttpResponse("open"), name="index")
    assert methods_of("admin:index", bare, "viewer") == METHODS


def test_control_a_get_that_writes_is_seen(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from donations.services import pages

    real = pages.campaign_version

    def counting(slug: str) -> tuple[int, int, str]:
        type(stage.mine).objects.update(message="seen")
        return real(slug)

    monkeypatch.setattr(pages, "campaign_version", counting)
    with pytest.raises(AssertionError, match="GET campaign by anonymous changed rows"):
        visit(stage, "anonymous", "campaign", ADDRESSES["campaign"])
