"""Promise 37. No input makes a 500: NUL, a million characters, RTL marks, header injection, broken
encodings.

The API is tried by schemathesis, which reads its description: what is answered conforms to it. The
forms that everybody may send are read from their pages, and filled in by Hypothesis.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urljoin

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.signals import request_finished, request_started
from django.core.validators import ProhibitNullCharactersValidator
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from donations.api import site
from donations.gateway.stripe import for_visitors
from donations.models import Export
from donations.services import api_tokens
from donations.services.api_tokens import SCOPES
from events.models import Campaign, Workshop
from fundraiser.wsgi import application
from tests.support.cast import give_form, make_campaign, make_gift, make_workshop, start
from tests.support.sandbox import SandboxControl

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MILLION = "é" * 1_000_000
HOSTILE = (
    "\x00",
    "a\x00b",
    "\u202egro.elpmaxe@arod",  # written from right to left
    "\u2066\u200f\u200b\ufeff",
    "Dora\r\nBcc: everybody@example.org\r\n\r\nHello",
    "\ud800",  # half of a character
    "\uffff",
    "é" * 300,
    "9" * 4_000,
    "-0",
    "1e999",
    "NaN",
    "٢٠",
    "' OR 1=1 --",
    "{{ 7|add:7 }}%s%(name)s{0}",
    "../../../../etc/passwd",
    "<script>alert(1)</script>",
    "0001-01-01T00:00",
    "😀" * 50,
)
#: Bytes that are no UTF-8, as an address or a form may hold them.
BROKEN = (
    "%FF",
    "%C3%28",
    "%ED%A0%80",
    "%F4%90%80%80",
    "%00",
    "%0d%0aSet-Cookie:a=b",
    "%",
    "%u0041",
)


def tried(count: int) -> Callable[[Any], Any]:
    """Let Hypothesis try so many examples, the same ones each time."""
    return hypothesis_settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def open_connections() -> Iterator[None]:
    """Let the test's connection live on after a request, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def numbers(workshop: Workshop, alice: User, sandbox: SandboxControl) -> dict[str, str]:
    """What stands in the addresses of the API: drafts, an export, somebody who gave."""
    donation = start(workshop, make_gift(), for_visitors())
    assert donation.booking is not None
    Campaign.objects.filter(pk=workshop.campaign_id).update(state="draft")
    Workshop.objects.update(state="draft")
    export = Export.objects.create(
        owner=alice, campaign=workshop.campaign, kind="totals", format="csv"
    )
    return {
        "campaign_id": str(workshop.campaign.public_id),
        "workshop_id": str(workshop.public_id),
        "export_id": str(export.public_id),
        "donation_id": str(donation.public_id),
        "registration_id": str(donation.booking.registrations.get().public_id),
    }


@pytest.mark.usefixtures("open_connections")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_answers_whatever_is_sent_as_its_description_says(
    numbers: dict[str, str], workshop: Workshop, alice: User, settings: Any, mode: GenerationMode
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    team = workshop.campaign.team
    secret, _row = api_tokens.make(team=team, user=alice, name="Fuzz", scopes=SCOPES, days=1)
    schema = schemathesis.openapi.from_dict(site.description())
    schema.app = application
    seen = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        for case in cases(operation, mode):
            known = {name for name in numbers if name in case.path_parameters}
            case.path_parameters |= {name: numbers[name] for name in known}
            if isinstance(case.body, dict) and "campaign" in case.body:
                settle(case.body, mode, numbers["campaign_id"])
            with transaction.atomic():
                answer = case.call(headers={"Authorization": f"Bearer {secret}"})
                case.validate_response(answer, checks=CHECKS)
            seen.add((operation.method, answer.status_code))
    if mode is GenerationMode.POSITIVE:
        assert {("get", 200), ("post", 201), ("patch", 200)} <= seen


def settle(body: dict[str, Any], mode: GenerationMode, campaign: str) -> None:
    """Let what is made belong to a campaign that is there, so that it comes further."""
    body["campaign"] = campaign
    if mode is GenerationMode.POSITIVE and "kind" in body:
        body["time_zone"] = "UTC"
        body.pop("workshop", None)


def cases(operation: Any, mode: GenerationMode) -> Iterator[Any]:
    """Return some requests to one address, good ones or bad ones."""
    found: list[Any] = []

    @tried(4 if mode is GenerationMode.POSITIVE else 3)
    @given(case=operation.as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        found.append(case)

    collect()
    yield from found


class Forms(HTMLParser):
    """Collects the forms of a page: where each goes, and what its fields are called."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form" and values.get("method") == "post":
            self.found.append((values.get("action") or "", []))
        elif tag in {"input", "textarea", "select"} and self.found and values.get("name"):
            self.found[-1][1].append(str(values["name"]))


@pytest.fixture
def forms(
    client: Client, workshop: Workshop, sandbox: SandboxControl, settings: Any
) -> dict[str, list[str]]:
    """Every form that a visitor finds: its address, and the names of its fields."""
    settings.OPEN_REGISTRATION = True
    Workshop.objects.update(
        questions=[{"id": "shop", "label": "Sells?", "kind": "number", "required": False}]
    )
    full = make_workshop(workshop.campaign, capacity=1)
    start(full, make_gift(), for_visitors())
    outside = make_campaign(destination="external", external_url="https://charity.example/give")
    pages = [
        f"/c/{workshop.campaign.slug}/{workshop.slug}/",
        f"/c/{workshop.campaign.slug}/{full.slug}/",
        f"/c/{workshop.campaign.slug}/give/",
        f"/c/{outside.slug}/give/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/login/code/",
        "/lost/",
    ]
    found: dict[str, list[str]] = {}
    for page in pages:
        for action, names in Forms(client.get(page).content.decode()).found:
            found.setdefault(urljoin(page, action).partition("#")[0], names)
    return found


def statuses(forms: dict[str, list[str]], count: int) -> Counter[int]:
    """Fill hostile texts into some fields of each form; return the answers' statuses."""
    found: Counter[int] = Counter()
    for action, names in forms.items():
        fill(action, names, count, found)
    return found


def fill(action: str, names: list[str], count: int, found: Counter[int]) -> None:
    """Send one form ``count`` times."""
    texts = st.dictionaries(st.sampled_from(names), st.sampled_from(HOSTILE), min_size=1)

    @tried(count)
    @given(hostile=texts, broken=st.sampled_from(BROKEN), number=st.integers(1, 250))
    def send(hostile: dict[str, str], broken: str, number: int) -> None:
        body = "&".join(
            f"{quote(name)}={quote(text, errors='surrogatepass')}"
            for name, text in {**give_form(), **hostile}.items()
        )
        # Each comes from elsewhere: how many may come from one place is another promise.
        place = f"10.1.{number}.{len(body) % 250}"
        visitor = Client(raise_request_exception=False, REMOTE_ADDR=place)
        form = "application/x-www-form-urlencoded"
        with transaction.atomic():
            answer = visitor.post(action, f"{body}&message={broken}", content_type=form)
            transaction.set_rollback(True)
        found[answer.status_code] += 1
        assert not any(name.lower() == "bcc" for name in answer.headers)

    send()


def test_no_form_that_everybody_may_send_answers_500(
    forms: dict[str, list[str]], sandbox: SandboxControl
) -> None:
    assert len(forms) >= 8, forms
    found = statuses(forms, 6)
    assert not [one for one in found if one >= 500], found
    assert found[422] or found[200]


def test_a_million_characters_are_refused_at_their_field(
    client: Client, workshop: Workshop, sandbox: SandboxControl
) -> None:
    page = f"/c/{workshop.campaign.slug}/{workshop.slug}/"
    long = client.post(page, give_form(name=MILLION))
    longer = client.post(page, give_form(name=MILLION, message=MILLION))
    assert (long.status_code, longer.status_code) == (422, 400)
    assert client.get(f"/c/{MILLION[:60_000]}/").status_code == 404


def test_broken_addresses_and_headers_are_answered(client: Client, workshop: Workshop) -> None:
    anybody = Client(raise_request_exception=False)
    page = f"/c/{workshop.campaign.slug}/"
    for broken in BROKEN:
        for path in (
            f"/c/{broken}/",
            f"{page}{broken}/",
            f"{page}?utm_source={broken}&{broken}",
            f"/u/{broken}/",
            f"/api/v1/{broken}",
            f"/api/v1/campaigns?after={broken}",
        ):
            assert anybody.get(path).status_code < 500, path
    for name in ("Accept-Language", "Cookie", "If-None-Match", "Referer", "Authorization"):
        for text in ("\x00", "é" * 9_000, "fr;q=x,*;q=9e999", "a=\x80; sessionid=\x00"):
            assert anybody.get(page, headers={name: text}).status_code < 500, (name, text)


def test_control_a_form_that_lets_nul_through_is_seen(
    forms: dict[str, list[str]], sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProhibitNullCharactersValidator, "__call__", lambda self, value: None)
    give = next(one for one in forms if one.endswith("/give/"))
    assert [one for one in statuses({give: ["name", "message"]}, 10) if one >= 500]
