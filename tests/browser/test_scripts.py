"""The scripts' own arithmetic agrees with the server's."""

from __future__ import annotations

import pytest

from donations.services import fees
from fundraiser.core.money import Money, exponent
from tests.browser.conftest import Open
from tests.core.test_amounts import READINGS
from tests.support.site import StartProcess

pytestmark = [pytest.mark.django_db(transaction=True)]

_MODULE = "document.querySelector('script[src*=amounts]').src.replace(/amounts[^/]*$/, 'money.js')"


@pytest.fixture
def money_module(open_context: Open, start_web: StartProcess, workshop: object) -> object:
    """A page of the site, and the address of money.js there (its plain name answers, too)."""
    page = open_context().new_page()
    page.goto(f"{start_web().url}/c/{workshop.campaign.slug}/{workshop.slug}/")
    return page, page.evaluate(_MODULE)


def test_the_script_reads_amounts_as_the_server_does(money_module: tuple) -> None:
    page, module = money_module
    # Digits of other scripts are the server's alone: the live line stays away there.
    known = [one for one in READINGS if all(c.isascii() or not c.isdecimal() for c in one[0])]
    assert len(known) == len(READINGS) - 1
    readings = [[text, exponent(currency), language] for text, currency, language, _minor in known]
    found = page.evaluate(
        """async ([module, readings]) => {
          const { parse } = await import(module);
          return readings.map(([text, exponent, language]) => parse(text, exponent, language));
        }""",
        [module, readings],
    )
    wrong = {
        reading[:3]: (minor, reading[3])
        for minor, reading in zip(found, known, strict=True)
        if minor != reading[3]
    }
    assert wrong == {}


def test_the_script_grosses_up_as_the_server_does(money_module: tuple) -> None:
    page, module = money_module
    for currency in ("USD", "EUR", "JPY", "KWD", "ISK"):
        estimate = fees.estimate(currency)
        gifts = [n * estimate.step for n in (1, 7, 50, 333, 2000, 99_999)]
        rates = {
            "basisPoints": estimate.percent_basis_points,
            "fixedMinor": estimate.fixed_minor,
            "step": estimate.step,
        }
        found = page.evaluate(
            """async ([module, gifts, rates]) => {
              const { grossUp } = await import(module);
              return gifts.map((minor) => grossUp(minor, rates));
            }""",
            [module, gifts, rates],
        )
        gross = [
            Money(minor, currency).grossed_up(rates["basisPoints"], rates["fixedMinor"]).minor
            for minor in gifts
        ]
        assert found == gross


def test_zero_hides_what_is_only_about_paying(money_module: tuple) -> None:
    page, _module = money_module
    page.check("#id_amount_other")
    for typed, shown in (("20", True), ("0", False), ("5", True)):
        page.fill("[name=other_amount]", typed)
        assert page.is_visible("ul.assurance") is shown
        assert page.is_visible("[name=cover_fee]") is shown
