"""Promise 19. Forged, truncated, re-encoded, wrong-secret or 301-second-old deliveries: 400,
nothing stored. During secret rotation both secrets are accepted."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from time_machine import TimeMachineFixture

from donations.models import StripeEvent
from donations.services import inbox
from events.models import Message

ACCOUNT, CONNECT = "/stripe/webhook/", "/stripe/webhook/connect/"
SECRETS = {ACCOUNT: "whsec_tests_account", CONNECT: "whsec_tests_connect"}
BODY = json.dumps(
    {
        "id": "evt_1Forged",
        "object": "event",
        "type": "checkout.session.completed",
        "created": 1_790_000_000,
        "livemode": False,
        "data": {"object": {"id": "cs_test_1", "object": "checkout.session", "name": "Zoë"}},
    },
    indent=2,
    ensure_ascii=False,
).encode()

fuzz = hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
pytestmark = pytest.mark.django_db


def signature(body: bytes, secret: str, *, age: int = 0, scheme: str = "v1") -> str:
    """Return the header of Stripe (docs.stripe.com/webhooks, "Verify manually")."""
    moment = int(time.time()) - age
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},{scheme}={digest}"


def post(client: Client, body: bytes, header: str | None, *, path: str = ACCOUNT) -> int:
    """Deliver bytes to a webhook's view; return the status."""
    headers = {} if header is None else {"Stripe-Signature": header}
    answer = client.post(path, data=body, content_type="application/json", headers=headers)
    return answer.status_code


def not_refused(status: int) -> list[str]:
    """Return what is wrong about a delivery that had to be refused without a trace."""
    wrong = [] if status == 400 else [f"answered {status}"]
    if StripeEvent.objects.exists() or Message.objects.exists():
        wrong.append("something was stored")
    return wrong


def test_the_genuine_one_is_stored(client: Client) -> None:
    assert post(client, BODY, signature(BODY, SECRETS[ACCOUNT])) == 200
    assert StripeEvent.objects.get().event_id == "evt_1Forged"


def test_our_signatures_are_those_of_stripes_library() -> None:
    now = int(time.time())
    made = stripe.WebhookSignature.generate_signature_header(
        BODY.decode(), SECRETS[ACCOUNT], timestamp=now
    )
    assert made == signature(BODY, SECRETS[ACCOUNT], age=int(time.time()) - now)


RE_ENCODED: dict[str, Callable[[bytes], bytes]] = {
    "other white space": lambda body: json.dumps(json.loads(body), ensure_ascii=False).encode(),
    "escaped letters": lambda body: json.dumps(json.loads(body), indent=2).encode(),
    "sorted keys": lambda body: json.dumps(
        json.loads(body), indent=2, ensure_ascii=False, sort_keys=True
    ).encode(),
    "byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "UTF-16": lambda body: body.decode().encode("utf-16"),
    "Latin-1": lambda body: body.decode().encode("latin-1"),
    "gzip": gzip.compress,
    "one more line": lambda body: body + b"\n",
    "Windows line ends": lambda body: body.replace(b"\n", b"\r\n"),
    "another amount of ids": lambda body: body.replace(b"cs_test_1", b"cs_test_2"),
    "nothing": lambda body: b"",
}


@pytest.mark.parametrize("change", RE_ENCODED.values(), ids=RE_ENCODED)
def test_re_encoded_is_refused(client: Client, change: Callable[[bytes], bytes]) -> None:
    header = signature(BODY, SECRETS[ACCOUNT])
    assert not_refused(post(client, change(BODY), header)) == []


def test_truncated_anywhere_is_refused(client: Client) -> None:
    header = signature(BODY, SECRETS[ACCOUNT])
    for length in range(len(BODY)):
        assert not_refused(post(client, BODY[:length], header)) == []


def _headers() -> dict[str, str | None]:
    good = signature(BODY, SECRETS[ACCOUNT])
    moment, digest = good.removeprefix("t=").split(",v1=")
    return {
        "none": None,
        "empty": "",
        "no time": f"v1={digest}",
        "no digest": f"t={moment}",
        "empty digest": f"t={moment},v1=",
        "test scheme only": signature(BODY, SECRETS[ACCOUNT], scheme="v0"),
        "another time": f"t={int(moment) + 1},v1={digest}",
        "upper case": f"t={moment},v1={digest.upper()}",
        "half a digest": f"t={moment},v1={digest[:32]}",
        "no number": f"t=now,v1={digest}",
        "not a number": f"t=nan,v1={digest}",
        "wrong secret": signature(BODY, "whsec_somebody_elses"),
        "no secret": signature(BODY, ""),
        "the connected accounts’ secret": signature(BODY, SECRETS[CONNECT]),
        "letters": f"t={moment},v1=é{digest[1:]}",
    }


@pytest.mark.parametrize("name", list(_headers()))
def test_forged_headers_are_refused(client: Client, name: str) -> None:
    assert not_refused(post(client, BODY, _headers()[name])) == []


@fuzz
@given(body=st.binary(max_size=600), header=st.text(max_size=120) | st.none())
@example(body=b"\x00", header="t=\x00,v1=\x00")
@example(body=BODY, header="t=" + "9" * 5000 + ",v1=" + "0" * 64)
@example(body=b"\xff\xfe", header="t=1,v1=1")
def test_no_bytes_and_no_header_make_anything_else_than_400(
    client: Client, body: bytes, header: str | None
) -> None:
    assert not_refused(post(client, body, _as_sent(header))) == []


@fuzz
@given(data=st.data())
def test_no_changed_byte_of_a_genuine_one_gets_through(client: Client, data: Any) -> None:
    position = data.draw(st.integers(0, len(BODY) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != BODY[position]))
    forged = BODY[:position] + bytes([other]) + BODY[position + 1 :]
    assert not_refused(post(client, forged, signature(BODY, SECRETS[ACCOUNT]))) == []


def _as_sent(header: str | None) -> str | None:
    """A header as WSGI hands it over: Latin-1, on one line."""
    if header is None:
        return None
    return header.encode("latin-1", "replace").decode("latin-1").replace("\r", "").replace("\n", "")


@fuzz
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "type", "data", "object", "created", "livemode", "account"]),
                inner,
                max_size=7,
            )
        ),
        max_leaves=12,
    )
)
@example(value={**json.loads(BODY), "created": 10**30})
@example(value={**json.loads(BODY), "livemode": "perhaps"})
@example(value={**json.loads(BODY), "id": "evt_\x00"})
@example(value={**json.loads(BODY), "id": "evt_" + "x" * 300})
@example(value={**json.loads(BODY), "account": "acct_" + "x" * 300})
@example(value={**json.loads(BODY), "data": {"object": {"client_reference_id": "\x00"}}})
@example(value={**json.loads(BODY), "data": {"object": {"client_reference_id": "\ud800"}}})
@example(value={**json.loads(BODY), "data": {"object": {"metadata": ["donation"]}}})
def test_signed_but_no_event_is_400_and_never_500(client: Client, value: object) -> None:
    before = StripeEvent.objects.count()
    body = json.dumps(value).encode()
    status = post(client, body, signature(body, SECRETS[ACCOUNT]))
    assert status in {200, 400}
    assert StripeEvent.objects.count() - before == (1 if status == 200 else 0)
    StripeEvent.objects.all().delete()


@pytest.mark.parametrize(
    ("age", "status"), [(0, 200), (299, 200), (300, 200), (301, 400), (86_400, 400)]
)
def test_a_delivery_may_be_300_seconds_old_and_no_older(
    client: Client, time_machine: TimeMachineFixture, age: int, status: int
) -> None:
    time_machine.move_to(1_790_000_000, tick=False)
    header = signature(BODY, SECRETS[ACCOUNT], age=age)
    assert post(client, BODY, header) == status
    assert StripeEvent.objects.count() == (1 if status == 200 else 0)


@pytest.mark.parametrize(
    ("path", "name"),
    [(ACCOUNT, "STRIPE_WEBHOOK_SECRETS"), (CONNECT, "STRIPE_CONNECT_WEBHOOK_SECRETS")],
)
def test_during_a_rotation_both_secrets_are_accepted_and_afterwards_one(
    client: Client, settings: Any, path: str, name: str
) -> None:
    old, new = SECRETS[path], "whsec_tests_new"
    setattr(settings, name, [new, old])
    for number, secret in enumerate((old, new)):
        body = BODY.replace(b"evt_1Forged", b"evt_%d" % number)
        assert post(client, body, signature(body, secret), path=path) == 200
    both = f"{signature(BODY, 'whsec_else')},{signature(BODY, new).partition(',')[2]}"
    assert post(client, BODY, both, path=path) == 200  # Stripe signs with each of its secrets
    StripeEvent.objects.all().delete()
    setattr(settings, name, [new])
    assert not_refused(post(client, BODY, signature(BODY, old), path=path)) == []
    setattr(settings, name, [])
    for secret in (old, new, ""):
        assert not_refused(post(client, BODY, signature(BODY, secret), path=path)) == []


@pytest.mark.parametrize(("path", "other"), [(ACCOUNT, CONNECT), (CONNECT, ACCOUNT)])
def test_each_endpoint_refuses_the_others_secret(client: Client, path: str, other: str) -> None:
    assert not_refused(post(client, BODY, signature(BODY, SECRETS[other]), path=path)) == []
    assert post(client, BODY, signature(BODY, SECRETS[path]), path=path) == 200


def test_control_an_intake_that_does_not_verify_is_seen(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from donations.gateway.stripe import client as gateway

    monkeypatch.setattr(
        gateway.StripeGateway,
        "read_delivery",
        lambda self, body, header, *, connect: gateway._event(body.decode()),
    )
    status = post(client, BODY, "t=1,v1=forged")
    assert not_refused(status) == ["answered 200", "something was stored"]
    assert inbox.pending_ids() != []
