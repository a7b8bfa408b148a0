"""A small catalogue of charities, so that a campaign for one of them takes a click.

Facts are ours, short and neutral, from the charities' own pages. A registration number stands here
only where it is certain; the organizer may choose any other charity as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Charity:
    """A charity: ``country`` is ISO 3166-1 alpha-2, ``registration`` its number there, if known."""

    key: str
    name: str
    site: str
    country: str
    registration: str
    fact: str | Promise


_ALL: Final = (
    Charity(
        "charity-water",
        "charity: water",
        "https://www.charitywater.org",
        "US",
        "EIN 22-3936753",
        _("Since 2006 it has brought clean drinking water to people who had none."),
    ),
    Charity(
        "against-malaria-foundation",
        "Against Malaria Foundation",
        "https://www.againstmalaria.com",
        "GB",
        "1105319",
        _("It pays for nets that protect people from malaria while they sleep."),
    ),
    Charity(
        "msf-france",
        "Médecins Sans Frontières",
        "https://www.msf.fr",
        "FR",
        "",
        _("Founded in 1971, it brings medical help to people in conflicts, epidemics, disasters."),
    ),
    Charity(
        "msf-usa",
        "Doctors Without Borders USA",
        "https://www.doctorswithoutborders.org",
        "US",
        "EIN 13-3433452",
        _("The section of Médecins Sans Frontières in the United States."),
    ),
    Charity(
        "restos-du-coeur",
        "Les Restos du Cœur",
        "https://www.restosducoeur.org",
        "FR",
        "",
        _("Since 1985 its volunteers have given meals to people in need in France."),
    ),
    Charity(
        "secours-populaire",
        "Secours populaire français",
        "https://www.secourspopulaire.fr",
        "FR",
        "",
        _("Its volunteers help people in poverty, in France and elsewhere."),
    ),
    Charity(
        "givedirectly",
        "GiveDirectly",
        "https://www.givedirectly.org",
        "US",
        "EIN 27-1661997",
        _("It sends money straight to people who live in poverty."),
    ),
    Charity(
        "wateraid",
        "WaterAid",
        "https://www.wateraid.org/uk",
        "GB",
        "288701",
        _("Since 1981 it has worked for clean water, toilets and hygiene."),
    ),
    Charity(
        "world-central-kitchen",
        "World Central Kitchen",
        "https://wck.org",
        "US",
        "EIN 27-3521132",
        _("It cooks meals for people after disasters and in crises."),
    ),
)

CHARITIES: Final[Mapping[str, Charity]] = {one.key: one for one in _ALL}


def fact(key: str) -> str:
    """Return what we know of a charity, in the active language; empty for another one."""
    found = CHARITIES.get(key)
    return str(found.fact) if found else ""
