"""Promise 45. Every injected fault raises an alert within 5 minutes on the health page and
`/metrics`: oldest unsent mail, oldest unapplied event, last reconcile, ledger drift ≠ 0, backup
age, heartbeat of each process, clock skew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client, override_settings
from pytest_django.fixtures import Settings

from donations.gateway.stripe import for_visitors
from donations.models import Backup, CampaignTotal, Difference, Donation, StripeEvent
from donations.services import settlement
from donations.services.health import checks, machines
from events.models import WebhookEndpoint
from events.services.mails import outbox
from events.services.webhooks import outbox as outbox_of_programs
from fundraiser.local.ports import free_port
from fundraiser.schedule import BEAT_SCHEDULE
from tests.support.cast import deliver, give_form, make_campaign, make_workshop
from tests.support.house import House
from tests.support.mail import SmtpSink
from tests.support.outbox import seat
from tests.support.proxy import BLACK_HOLE, RESET, in_front_of
from tests.support.sandbox import SandboxControl

PROMISED = 5
#: The tests' clock runs ahead of PostgreSQL's, and this check rightly says so.
MOVED = {"clock_skew"}


@dataclass
class Scene:
    """What a fault needs."""

    house: House
    sandbox: SandboxControl
    sink: SmtpSink
    settings: Settings
    patch: pytest.MonkeyPatch

    def mail(self) -> None:
        """A confirmation falls due."""
        (person,) = seat(make_workshop(make_campaign()), 1)
        outbox.queue(key="one", kind="confirmation", registration=person)

    def paid(self) -> Donation:
        """Register and pay at Stripe; nothing is delivered."""
        workshop = make_workshop(make_campaign())
        answer = Client().post(f"/c/{workshop.campaign.slug}/{workshop.slug}/", give_form())
        assert answer.status_code == 302
        donation = Donation.objects.get()
        self.sandbox.pay(donation.session_id)
        return donation

    def delivered(self) -> None:
        """Stripe tells of it."""
        for one in self.sandbox.deliveries():
            assert deliver(Client(), one) == 200


@pytest.fixture
def scene(
    house: House,
    sandbox: SandboxControl,
    smtp_sink: SmtpSink,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Scene:
    return Scene(house, sandbox, smtp_sink, settings, monkeypatch)


# --- the faults: each breaks one thing; a context is held while the house lives ----------------
def _mail_server_away(scene: Scene) -> None:
    scene.settings.EMAIL_PORT = free_port()
    scene.mail()


def _programs_are_not_told(scene: Scene) -> None:
    scene.house.stopped.add("webhooks")
    team = make_campaign().team
    outbox_of_programs.tell_test(WebhookEndpoint.objects.create(team=team, url="https://x.example"))


def _mail_refused_for_good(scene: Scene) -> None:
    scene.sink.refuse_with = "550 no such user"
    scene.mail()


@contextmanager
def _stripe_away(scene: Scene) -> Iterator[None]:
    scene.paid()
    scene.delivered()
    with in_front_of(settings.STRIPE_API_BASE) as line:
        line.become(RESET)
        with override_settings(STRIPE_API_BASE=f"http://127.0.0.1:{line.port}"):
            yield


@contextmanager
def _poison_event(scene: Scene) -> Iterator[None]:
    with _stripe_away(scene):
        StripeEvent.objects.filter(applied_at=None).update(attempts=7)
        yield


def _webhooks_off(scene: Scene) -> None:
    settlement.apply(scene.paid().pk, gateway=for_visitors())  # as the page after paying does


def _wrong_cent(scene: Scene) -> None:
    scene.paid()
    scene.delivered()
    scene.house.rounds()
    CampaignTotal.objects.update(gifts_minor=2001)


def _difference(scene: Scene) -> None:
    Difference.objects.create(
        source_id="txn_1", kind="gift", expected_minor=1, found_minor=0, currency="USD"
    )


def _backup_missed(scene: Scene) -> None:
    made_at = scene.house.clock.now() - timedelta(hours=25, minutes=56)
    scene.settings.BACKUPS = replace(settings.BACKUPS, to="/backups")
    Backup.objects.create(taken_at=made_at, place="/backups", name="a.zip", size=1, rows=1)
    assert scene.house.red_in_metrics() - MOVED == set()


def _never_backed_up(scene: Scene) -> None:
    scene.settings.BACKUPS = replace(settings.BACKUPS, to="/backups")


def _stops(name: str) -> Callable[[Scene], None]:
    def fault(scene: Scene) -> None:
        scene.house.live(int(BEAT_SCHEDULE[name]["schedule"]) // 60 if name in BEAT_SCHEDULE else 0)
        scene.house.stopped.add(name)
        if name in BEAT_SCHEDULE:  # its last round was now; the next one is due, and does not come
            scene.house.live(int(BEAT_SCHEDULE[name]["schedule"]) // 60)

    return fault


def _redis_refuses(scene: Scene) -> None:
    scene.settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"


@contextmanager
def _redis_silent(scene: Scene) -> Iterator[None]:
    with in_front_of(settings.REDIS_URL) as line:
        line.become(BLACK_HOLE)
        scene.patch.setattr(machines, "_REDIS_PATIENCE", 0.05)
        with override_settings(REDIS_URL=f"redis://127.0.0.1:{line.port}/0"):
            yield


FAULTS = {
    "mail server away": ("unsent_mail_age", _mail_server_away),
    "mails are not sent": ("unsent_mail_age", lambda s: (s.house.stopped.add("mails"), s.mail())),
    "programs are not told": ("unsent_webhook_age", _programs_are_not_told),
    "mail refused for good": ("stuck_mails", _mail_refused_for_good),
    "Stripe away": ("unapplied_event_age", _stripe_away),
    "poison event": ("events_set_aside", _poison_event),
    "webhooks off": ("payment_without_webhook_age", _webhooks_off),
    "reconciler stopped": ("reconcile_age", _stops("donations.reconcile")),
    "a cent too much": ("ledger_drift", _wrong_cent),
    "invariants unchecked": ("invariants_age", _stops("donations.check_invariants")),
    "Stripe says otherwise": ("stripe_differences", _difference),
    "backup missed": ("backup_age", _backup_missed),
    "never backed up": ("backup_age", _never_backed_up),
    "web dead": ("web_silence", _stops("web")),
    "worker dead": ("worker_silence", _stops("worker")),
    "beat dead": ("beat_silence", _stops("beat")),
    "Redis refuses": ("redis", _redis_refuses),
    "Redis is silent": ("redis", _redis_silent),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_red_within_five_minutes_and_nothing_else_is(
    name: str, scene: Scene, broken_on_purpose: None
) -> None:
    expected, fault = FAULTS[name]
    assert scene.house.red_in_metrics() - MOVED == set()
    held = fault(scene)
    if hasattr(held, "__enter__"):
        with held:
            scene.house.live(PROMISED)
            _assert_red(scene.house, {expected})
    else:
        scene.house.live(PROMISED)
        _assert_red(scene.house, {expected})


def _assert_red(house: House, expected: set[str]) -> None:
    assert house.red_on_page() - MOVED == expected
    assert house.red_in_metrics() - MOVED == expected


def test_a_clock_that_goes_wrong_is_red_at_once(house: House) -> None:
    house.to_the_present()
    assert house.red_on_page() == house.red_in_metrics() == set()
    house.clock.advance(seconds=40)
    assert house.red_on_page() == house.red_in_metrics() == MOVED


def test_a_process_whose_clock_is_wrong_is_seen_by_the_others(house: House) -> None:
    house.to_the_present()
    house.clock.advance(minutes=-1)
    house.rounds()
    house.clock.advance(minutes=1)
    assert house.red_in_metrics() == MOVED


def test_without_a_database_the_metrics_still_answer_and_the_probes_say_so(house: House) -> None:
    def away(*_: object) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        assert house.red_in_metrics() == {"database"}
        assert _probes() == [503, 503]
    assert _probes() == [200, 200]


def _probes() -> list[int]:
    return [Client().get(path).status_code for path in ("/healthz", "/readyz")]


def test_control_a_healthy_house_is_green_and_stays_so(scene: Scene) -> None:
    scene.house.to_the_present()
    page = scene.house.page()
    assert "All is well." in page
    assert "badge bad" not in page
    assert set(scene.house.metrics()["fundraiser_check_ok"].values()) == {1}
    scene.paid()
    scene.delivered()
    scene.mail()
    for _ in range(3 * PROMISED):
        scene.house.live(1)
        assert scene.house.red_in_metrics() - MOVED == set()


def test_control_a_check_that_looks_away_is_noticed(scene: Scene) -> None:
    blind = [replace(one, threshold=1e9) for one in checks._WORK]
    scene.patch.setattr(checks, "_WORK", tuple(blind))
    _mail_server_away(scene)
    scene.house.live(PROMISED)
    with pytest.raises(AssertionError):
        _assert_red(scene.house, {"unsent_mail_age"})
