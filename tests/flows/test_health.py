"""Watching the house: who sees it, the probes, alarms by mail, heartbeats, logs and reports."""

from __future__ import annotations

import json
import logging
import re
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sentry_sdk
from django.contrib.auth.models import User
from django.core.management import get_commands
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django.fixtures import Settings
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from donations.models import Alarm, Heartbeat
from donations.services.health import checks, heartbeats
from donations.services.health.heartbeats import Process
from donations.views.health_words import threshold
from events.models import Message
from fundraiser import error_reports, heartbeat
from fundraiser.core.logs import AsJson
from fundraiser.local.places import ROOT
from fundraiser.schedule import BEAT_SCHEDULE
from tests.support.clock import Clock
from tests.support.house import TOKEN, House
from tests.support.mail import SmtpSink
from tests.support.site import StartProcess, wait_for

SECRETS = (
    "0123456789abcdef0123456789abcdef.1.abcdefghijklmnopqrstuvwxyz",
    "dora@example.org",
    "sk_live_abcdef",
    "whsec_abcdef",
)


@pytest.mark.django_db
def test_metrics_are_there_for_who_has_the_token_alone(client: Client, settings: Settings) -> None:
    def answer(authorization: str) -> Any:
        return client.get("/metrics", headers={"Authorization": authorization})

    settings.METRICS_TOKEN = ""
    assert answer(f"Bearer {TOKEN}").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for wrong in ("", f"Basic {TOKEN}", "Bearer", "Bearer wrong", f"Bearer {TOKEN}é"):
        refused = answer(wrong)
        assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
    right = answer(f"Bearer {TOKEN}")
    assert right.status_code == 200
    assert right["Content-Type"].startswith("text/plain; version=")
    assert 'fundraiser_check_threshold{check="unsent_mail_age",unit="seconds"} 240.0' in (
        right.content.decode()
    )


def test_the_page_speaks_french_and_names_what_to_do(house: House) -> None:
    house.stopped.add("beat")
    house.live(3)
    page = house.page("fr")
    assert '<html lang="fr"' in page
    assert "Dernier signe de vie du beat" in page
    assert "Démarrez le beat" in page
    assert "muet depuis" in page
    dashboard = house.client.get("/organize/").content.decode()
    assert 'href="/organize/health/"' in dashboard


def test_without_a_place_for_backups_the_page_says_so(house: House, settings: Settings) -> None:
    assert "set BACKUP_TO" in house.page()
    assert "définissez BACKUP_TO" in house.page("fr")
    settings.BACKUPS = replace(settings.BACKUPS, to="/backups")
    assert "set BACKUP_TO" not in house.page()
    assert "donations.make_backup" in heartbeat.AT_ONCE


def test_the_documentation_tells_every_check_with_its_threshold(settings: Settings) -> None:
    settings.BACKUPS = replace(settings.BACKUPS, to="/backups")
    told = {}
    text = (ROOT / "docs/operate.md").read_text().partition("| red above |")[2]
    for names, limit in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]+) \|", text, re.MULTILINE):
        told |= dict.fromkeys(re.findall(r"\w+", names), limit)
    there = {
        one.name: threshold(one).removeprefix("at most ") or "no answer" for one in checks.checks()
    }
    assert {name: told.get(name) for name in there} == there
    assert all(str(one.advice).endswith(".") for one in checks.checks())


def test_the_documentation_tells_every_command_and_every_round() -> None:
    text = (ROOT / "docs/operate.md").read_text()
    ours = {name for name, app in get_commands().items() if app in {"donations", "events"}}
    assert ours >= {"backup", "mails"}
    told = set(re.findall(r"^\| `manage\.py (\w+)", text, re.MULTILINE))
    assert ours - told == set()
    table = text.partition("| every | round |")[2].partition("\n\n")[0]
    every = set(re.findall(r"^\| (\d+ \w+) \|", table, re.MULTILINE))
    names = {"s": 1, "min": 60, "h": 3600}
    seconds = {int(one.split()[0]) * names[one.split()[1]] for one in every}
    assert seconds == {int(one["schedule"]) for one in BEAT_SCHEDULE.values()}


@pytest.mark.django_db
def test_staff_need_their_second_factor_for_the_page(client: Client, settings: Settings) -> None:
    settings.REQUIRE_STAFF_SECOND_FACTOR = True
    client.force_login(User.objects.create_superuser("root"))
    assert client.get("/organize/health/")["Location"] == "/accounts/2fa/"


@pytest.mark.django_db
def test_a_process_whose_database_is_older_than_its_code_is_not_ready(client: Client) -> None:
    assert client.get("/readyz").status_code == 200
    MigrationRecorder(connection).migration_qs.filter(app="donations").delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content.decode().startswith("not migrated: donations.")


def test_an_alarm_is_told_once_and_once_more_when_it_is_over(
    house: House, smtp_sink: SmtpSink
) -> None:
    User.objects.create_superuser("silent")  # has no address
    User.objects.create_user("alice", "alice@example.org")
    house.stopped.add("worker")
    house.live(3)
    for _ in range(3):
        house.watch()
        house.live(1)
    assert Alarm.objects.filter(check_name="worker_silence", ended_at=None).count() == 1
    assert "Red since:" in house.page()
    house.stopped.clear()
    house.live(1)
    house.watch()
    house.watch()
    assert not Alarm.objects.filter(check_name="worker_silence", ended_at=None).exists()

    house.rounds()
    about = [
        mail for mail in smtp_sink.messages if "sign of life of the workers" in mail["Subject"]
    ]
    assert [mail["Subject"] for mail in about] == [
        "Alarm: Last sign of life of the workers",
        "Green again: Last sign of life of the workers",
    ]
    assert {mail["To"] for mail in about} == {"admin@example.org"}
    assert "Start the worker" in about[0].get_body(("plain",)).get_content()
    assert not Message.objects.exclude(state="sent").exists()


def test_of_two_machines_the_silent_one_is_red_until_it_is_forgotten(
    db: None, clock: Clock
) -> None:
    one, two, gone = (Process("web", *where) for where in (("a", 1), ("b", 1), ("a", 2)))
    for process in (one, two, gone):
        heartbeats.beat(process)
    clock.advance(minutes=3)
    heartbeats.beat(one)
    assert heartbeats.silence("web", clock.now()) == 180  # b; a's other process came and went
    heartbeats.leave(two)
    assert heartbeats.silence("web", clock.now()) == 0
    assert heartbeats.silence("beat", clock.now()) is None
    clock.advance(heartbeats.FORGOTTEN - timedelta(minutes=1))
    heartbeats.beat(one)
    assert list(Heartbeat.objects.values_list("host", "pid")) == [("a", 1)]


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_the_beat_lives_by_its_row_and_takes_it_away_when_it_is_stopped(
    start_process: StartProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = start_process("beat")
    wait_for(lambda: Heartbeat.objects.count() == 1, seconds=60, what="the first heartbeat")
    row = Heartbeat.objects.get()
    assert (row.kind, row.pid) == ("beat", stopped.process.pid)
    assert abs(row.clock_skew) < checks._CLOCK.threshold
    stopped.stop()
    assert not Heartbeat.objects.exists()

    killed = start_process("beat")
    wait_for(lambda: Heartbeat.objects.count() == 1, seconds=60, what="the first heartbeat")
    killed.kill()
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db
def test_a_heartbeat_borrows_nothing_of_the_pool() -> None:
    with heartbeat._own_connection() as own:
        assert own.pool is None
        assert own is not connection


def _record(text: str) -> logging.LogRecord:
    try:
        int(text)
    except ValueError:
        return logging.LogRecord("x", 40, "x", 1, "failed: %s\nat once", (text,), sys.exc_info())


def test_json_logs_are_one_clean_object_a_line() -> None:
    line = AsJson().format(_record(" ".join(SECRETS)))
    assert "\n" not in line
    assert not [one for one in SECRETS if one in line]
    told = json.loads(line)
    assert (told["level"], told["place"]) == ("ERROR", "x")
    assert told["message"] == "failed: [link] [address] [key] [key]\nat once"
    assert "ValueError: invalid literal for int() with base 10: '[link]" in told["error"]
    control = logging.Formatter().format(_record(" ".join(SECRETS)))
    assert [one for one in SECRETS if one in control] == list(SECRETS)


def test_error_reports_hold_no_person_no_link_and_no_key() -> None:
    sent: list[Any] = []

    class Kept(Transport):
        def capture_envelope(self, envelope: Envelope) -> None:
            sent.append(envelope.get_event())

    options = error_reports.options("https://key@sentry.invalid/1", site="https://give.example.org")
    with sentry_sdk.isolation_scope() as scope:
        scope.set_user({"email": SECRETS[1]})
        for settings in (options, {**options, "before_send": None}):
            made = sentry_sdk.Client(**settings, transport=Kept, default_integrations=False)
            scope.set_client(made)
            assert not made.should_send_default_pii()
            event = {
                "message": f"failed: {' '.join(SECRETS)}",
                "request": {
                    "method": "POST",
                    "url": f"https://give.example.org/b/{SECRETS[0]}/",
                    "data": {"name": SECRETS[1]},
                    "headers": {"Cookie": "sessionid=1"},
                },
                "extra": {"deep": [{"address": SECRETS[1]}]},
            }
            made.capture_event(event, scope=scope)
    clean, control = sent
    assert not [one for one in SECRETS if one in json.dumps(clean)]
    assert clean["request"] == {"method": "POST"}
    assert "user" not in clean
    assert [one for one in SECRETS if one in json.dumps(control)] == list(SECRETS)


def test_without_an_address_nothing_of_sentry_is_started() -> None:
    error_reports.start("", site="")
    assert not sentry_sdk.get_client().is_active()
