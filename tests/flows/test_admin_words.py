"""The administration speaks the reader's language, in the names of rows and columns, too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from donations import admin_names as of_donations
from donations import admin_states as states_of_donations
from donations.gateway.stripe import for_visitors
from donations.models import Difference
from events import admin_names as of_events
from events import admin_states as states_of_events
from events.models import Workshop
from fundraiser.core import names
from fundraiser.core.admin import ReadOnly
from fundraiser.core.admin_amounts import written_out
from tests.support.cast import make_gift, start
from tests.support.exports import paid
from tests.support.sandbox import SandboxControl

APPS = {"events", "donations"}


def shown(what: Callable[[type[Model]], set[str]]) -> set[str]:
    """Return the words that the admin shows of our tables."""
    ours = {one for one in admin.site._registry if one._meta.app_label in APPS}
    for one in admin.site._registry.values():
        ours |= {inline.model for inline in one.inlines if inline.model._meta.app_label in APPS}
    with override("en"):
        return {name for one in ours for name in what(one)}


def unlisted() -> set[str]:
    """Return what is shown and not listed for translation, or listed and shown nowhere."""
    return shown(names.of) ^ {*of_donations.NAMES, *of_events.NAMES}


def test_every_name_is_listed_for_translation() -> None:
    assert unlisted() == set()
    assert len(of_donations.NAMES) + len(of_events.NAMES) == len(shown(names.of)), (
        "each of them once"
    )


def test_every_state_is_listed_for_translation() -> None:
    with override("en"):
        listed = [str(one) for one in (*states_of_donations.STATES, *states_of_events.STATES)]
    assert sorted(shown(names.states)) == sorted(listed)


def test_control_a_forgotten_column_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_donations, "NAMES", of_donations.NAMES[1:])
    assert unlisted() == {"account"}


def test_the_admin_in_french_names_rows_and_columns(admin_client: Client) -> None:
    admin_client.cookies["django_language"] = "fr"
    index = admin_client.get(reverse("admin:index")).content.decode()
    assert "Collectes" in index
    assert "Écritures du grand livre" in index
    assert "Ledger entries" not in index
    rows = admin_client.get(reverse("admin:donations_payout_changelist")).content.decode()
    assert "Sélectionnez l’objet virement de Stripe" in rows.replace("&#x27;", "’")


def test_a_state_in_the_admin_is_no_word_of_a_button(
    admin_client: Client, workshop: Workshop, sandbox: SandboxControl
) -> None:
    """ "Open" is *Ouvrir* on a button, and *Ouvert* for an attempt to pay."""
    start(workshop, make_gift(), for_visitors())
    admin_client.cookies["django_language"] = "fr"
    rows = admin_client.get(reverse("admin:donations_donation_changelist")).content.decode()
    assert "Ouvert" in rows
    assert "Ouvrir" not in rows


@pytest.mark.parametrize("told", [("en", "$20.50", "Fee cover"), ("fr", "20,50", "Frais pris")])
def test_amounts_in_the_admin_are_written_out(
    admin_client: Client, workshop: Workshop, sandbox: SandboxControl, told: tuple[str, str, str]
) -> None:
    language, amount, name = told
    gift = paid(workshop, sandbox, 2050)
    admin_client.cookies["django_language"] = language
    pages = ("donation", "ledgerentry", "campaigntotal")
    for path in [reverse(f"admin:donations_{one}_changelist") for one in pages]:
        page = admin_client.get(path, {"o": 4}).content.decode()
        assert amount in page.replace("\xa0", " "), path
        assert "2050" not in page, path
    path = reverse("admin:donations_donation_change", args=[gift.pk])
    page = admin_client.get(path).content.decode()
    assert amount in page.replace("\xa0", " ")
    assert name in page


def test_every_column_of_minor_units_is_written_out() -> None:
    """Where nothing is typed; a form that is filled in says that it wants minor units."""
    pages = [(model, page) for model, page in admin.site._registry.items()]
    found = {
        field.name
        for model, page in pages
        if isinstance(page, ReadOnly)
        for field in model._meta.fields
        if field.name.endswith("_minor") and model is not Difference
    }
    assert {str(one.__name__) for one in map(written_out, found)} == found
    assert len(found) > 10
