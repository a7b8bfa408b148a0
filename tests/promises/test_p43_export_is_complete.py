"""Promise 43. A person's export is complete: every foreign key to a person is listed, or the build
fails. Card data never touches us (hosted checkout).

The columns are read from the models, the texts from the database: what somebody said of herself, or
others of her, wherever it stands, stands in her download.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, models
from django.forms import BaseForm

from donations.models import Donation
from donations.services.person import lost_links, particulars, personal_data
from events.models import Campaign, Person
from fundraiser.local.places import ROOT
from tests.support import known_person, traces
from tests.support.known_person import EMAIL, WORD
from tests.support.personal_columns import COLUMNS, OF_MEMBERS, REASONS
from tests.support.story import Story

#: Who knows one of these knows a person.
_PEOPLE = {"Booking", "Claim", "Donation", "Host", "Invitee", "ListInvitation", "Person"}
_PEOPLE |= {"Registration"}
#: Copies of what other columns say, and what accounts keep for signing in.
_COPIES = {"donations_donation.session_parameters", "events_message.ids"}
_CARD = re.compile(
    r"card_?number|\bpan\b|cvc|cvv|card_?holder|expiry_?(month|year)|exp_(month|year)"
)


def _fields(model: type[models.Model]) -> list[Any]:
    return [*model._meta.local_fields, *model._meta.local_many_to_many]


def _all_models() -> Iterator[type[models.Model]]:
    for name in ("events", "donations"):
        yield from (one for one in apps.get_app_config(name).get_models() if not one._meta.proxy)


def _knows(model: type[models.Model]) -> bool:
    """Whether a model has an address, or points to somebody who has one."""
    targets = {one.related_model.__name__ for one in _fields(model) if one.related_model}
    addresses = any(isinstance(one, models.EmailField) for one in _fields(model))
    return addresses or bool(targets & _PEOPLE)


def _unlisted(model: type[models.Model]) -> set[str]:
    """Return the columns of a model of which nobody has decided."""
    exported, others = COLUMNS.get(model.__name__, ("", {}))
    listed = {*exported.split(), *(one for names in others.values() for one in names.split())}
    return {one.name for one in _fields(model)} ^ listed


def test_every_column_about_a_person_is_exported_or_says_why_not() -> None:
    known = {one.__name__: one for one in _all_models() if _knows(one)}
    assert set(known) == set(COLUMNS)
    assert {name: _unlisted(one) for name, one in known.items() if _unlisted(one)} == {}
    assert {reason for _, others in COLUMNS.values() for reason in others} == set(REASONS)
    accounts = {
        one.__name__
        for one in _all_models()
        if any(field.related_model is User for field in _fields(one))
    }
    assert accounts - set(COLUMNS) == OF_MEMBERS


def test_control_a_new_column_and_a_new_table_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    exported, others = COLUMNS["Registration"]
    monkeypatch.setitem(COLUMNS, "Registration", (exported.replace(" answers", ""), others))
    assert _unlisted(apps.get_model("events", "Registration")) == {"answers"}
    monkeypatch.delitem(COLUMNS, "PersonNote")
    note = apps.get_model("events", "PersonNote")
    assert _knows(note)
    assert "text" in _unlisted(note)


def _texts() -> Iterator[tuple[str, str]]:
    """Yield each text of hers with where it stands."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, column, kind in traces.columns():
            if f"{table}.{column}" in _COPIES or kind == "bytea":
                continue
            name = f"{quote(column)}::text"
            sql = f"SELECT {name} FROM {quote(table)} WHERE strpos(lower({name}), %s) > 0"
            cursor.execute(sql, [WORD])
            for (text,) in cursor.fetchall():
                values = json.loads(text).values() if kind == "jsonb" else [text]
                yield from ((f"{table}.{column}", str(one)) for one in values)


def _missing(campaign: Campaign) -> set[str]:
    """Return where something of hers stands that her download does not tell."""
    told = personal_data.of_person(Person.objects.get(email=EMAIL))
    download = json.dumps(told, ensure_ascii=False).lower()
    return {place for place, text in _texts() if text.lower() not in download}


def test_whatever_stands_of_somebody_is_in_her_download(
    story: Story, campaign: Campaign, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_person.live(story, campaign, alice)
    lost_links.ask(EMAIL, "en")
    assert len({place for place, _ in _texts()}) > 30
    assert _missing(campaign) == set()
    told = personal_data.of_person(Person.objects.get(email=EMAIL))
    assert any(one["transfers"] for one in told["donations"])
    assert told["accounts"][0]["username"] == "quill"
    # Control: what a function leaves out is missed.
    monkeypatch.setattr(personal_data, "_claim", lambda claim: {})
    monkeypatch.setattr(particulars, "of_address", lambda email: {})
    found = _missing(campaign)
    assert {"donations_claim.answer", "donations_claim.reference"} <= found


def test_no_table_and_no_form_has_a_place_for_a_card(story: Story, campaign: Campaign) -> None:
    columns = {
        f"{one._meta.label}.{field.name}" for one in apps.get_models() for field in _fields(one)
    }
    assert {one for one in columns if _CARD.search(one.lower())} == set()
    import_module(settings.ROOT_URLCONF)  # every form is reached by some page
    names = {name for form in _forms(BaseForm) for name in getattr(form, "base_fields", {})}
    assert len(names) > 50
    assert {one for one in names if _CARD.search(one.lower())} == set()
    inputs = {
        one
        for path in (ROOT / "templates").rglob("*.html")
        for one in re.findall(r'(?:name|autocomplete)="([^"]+)"', Path(path).read_text())
    }
    assert {one for one in inputs if _CARD.search(one.lower()) or one.startswith("cc-")} == set()
    for bad in ("card_number", "cvc", "exp_month"):
        assert _CARD.search(bad), "control"
    donation = story.register(campaign)
    assert donation.session_url.startswith(("http://127.0.0.1", "https://checkout.stripe.com"))
    assert "payment_method_data" not in json.dumps(donation.session_parameters)
    assert Donation.objects.get().session_parameters["mode"] == "payment"


def _forms(base: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for one in base.__subclasses__():
        yield one
        yield from _forms(one)
