"""Promise 20. Intake answers in p99 ≤ 250 ms at 50 a second with Redis black-holed; no call to
Stripe inside the request. (The percentile is shown by ``python -m bench``: bench/intake.py.)"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client, override_settings

from donations.gateway import EventReference
from donations.gateway.stripe import for_visitors
from donations.models import StripeEvent
from donations.services import inbox
from fundraiser.celery import app
from tests.support.cast import deliver, give_form, make_campaign, make_workshop
from tests.support.proxy import BLACK_HOLE, TcpProxy, in_front_of
from tests.support.race import Call, at_once
from tests.support.sandbox import SandboxControl
from tests.support.site import StartProcess

PAYMENTS = 10


@pytest.fixture
def redis_line() -> Iterator[TcpProxy]:
    with in_front_of(settings.REDIS_URL) as proxy:
        yield proxy


@pytest.fixture
def stripe_line() -> Iterator[TcpProxy]:
    with in_front_of(settings.STRIPE_API_BASE) as proxy:
        yield proxy


def _behind(proxy: TcpProxy, address: str) -> str:
    return address.replace(f":{urlsplit(address).port}", f":{proxy.port}")


def _deliveries(client: Client, sandbox: SandboxControl, payments: int) -> list[dict[str, Any]]:
    """Pay so many times; return what Stripe has to tell of them."""
    workshop = make_workshop(make_campaign(), capacity=None)
    path = f"/c/{workshop.campaign.slug}/{workshop.slug}/"
    for number in range(payments):
        answer = client.post(path, give_form(email=f"visitor{number}@example.org"))
        assert answer.status_code == 302
        sandbox.pay(answer["Location"].rpartition("/")[2])
    return sandbox.deliveries()


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_intake_stores_and_answers_without_redis_and_without_asking_stripe(
    *,
    client: Client,
    sandbox: SandboxControl,
    start_web: StartProcess,
    redis_line: TcpProxy,
    stripe_line: TcpProxy,
) -> None:
    waiting = _deliveries(client, sandbox, PAYMENTS)
    calls = [
        Call(urlsplit(one["url"]).path, body=one["body"].encode(), headers=one["headers"])
        for one in waiting
    ]
    web = start_web(
        WEB_WORKERS="1",
        REDIS_URL=_behind(redis_line, settings.REDIS_URL),
        STRIPE_API_BASE=_behind(stripe_line, settings.STRIPE_API_BASE),
    )
    first = at_once(web.url, calls[:1])  # its wake-up goes through: the line to Redis stands
    redis_line.become(BLACK_HOLE)

    answers = first + at_once(web.url, calls[1:], parallel=10)

    assert Counter(one.status for one in answers) == {200: len(calls)}
    stored = StripeEvent.objects.filter(event_id__in=[one["event"] for one in waiting])
    assert stored.count() == len(calls) >= 2 * PAYMENTS
    assert stripe_line.connections == 0
    assert "Traceback" not in web.output()


def _completed(client: Client, sandbox: SandboxControl) -> dict[str, Any]:
    """Pay once; return the delivery that says so, for which a worker is woken at once."""
    waiting = _deliveries(client, sandbox, 1)
    return next(one for one in waiting if one["type"] == "checkout.session.completed")


def _connections(client: Client, delivery: dict[str, Any], stripe_line: TcpProxy) -> int:
    """Deliver behind a proxy to Stripe; return how often Stripe was called meanwhile."""
    before = stripe_line.connections
    base = _behind(stripe_line, settings.STRIPE_API_BASE)
    with override_settings(STRIPE_API_BASE=base):
        assert deliver(client, delivery) == 200
    return stripe_line.connections - before


@pytest.mark.django_db
def test_control_an_intake_that_settles_at_once_is_seen(
    client: Client,
    sandbox: SandboxControl,
    stripe_line: TcpProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = _completed(client, sandbox)
    receive = inbox.receive

    def eager(event: EventReference) -> bool:
        new = receive(event)
        inbox.apply_pending(gateway=for_visitors())
        return new

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "receive", eager)
        assert _connections(client, one, stripe_line) > 0
    StripeEvent.objects.all().delete()
    assert _connections(client, one, stripe_line) == 0


@pytest.mark.django_db(transaction=True)
def test_control_an_intake_that_tells_redis_itself_waits_for_it(
    client: Client, sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher's thread is the guard: without it, the broker's trouble is the request's."""
    one = _completed(client, sandbox)

    def silent(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(app, "send_task", silent)
    assert deliver(client, one) == 200
    StripeEvent.objects.all().delete()
    monkeypatch.setattr("fundraiser.core.jobs._put", lambda name, ids: app.send_task(name))
    with pytest.raises(TimeoutError):
        deliver(client, one)
