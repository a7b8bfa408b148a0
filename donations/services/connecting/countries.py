"""The countries where Stripe opens accounts (stripe.com/global), by name in a language."""

from __future__ import annotations

from typing import Final

from babel import Locale

COUNTRIES: Final = (
    "AE AT AU BE BG BR CA CH CY CZ DE DK EE ES FI FR GB GI GR HK HR HU IE IT JP LI LT LU LV MT MX "
    "MY NL NO NZ PL PT RO SE SG SI SK TH US"
).split()


def named(language: str) -> list[tuple[str, str]]:
    """Return the codes with their names, in the order of the names."""
    names = Locale.parse(language, sep="-").territories
    return sorted(((code, str(names[code])) for code in COUNTRIES), key=lambda one: one[1])
