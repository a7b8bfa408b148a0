"""A workshop's people together with their gifts: filtered, sorted, and kept in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from donations.models import Donation
from events.models import Registration, Workshop
from events.services import people_filters
from events.services.people_filters import Filter

#: Whether something is left of what the payer of the booking gave for it.
GIFT: Final = ("yes", "no")
SORTS: Final = (*people_filters.SORTS, "gift")
#: Parameter of the address -> what it may be.
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "state": tuple(str(one) for one in people_filters.STATES),
    "attended": people_filters.ATTENDED,
    "gift": GIFT,
    "mail": people_filters.MAIL,
    "marked": people_filters.MARKED,
    "sort": SORTS,
}


def without_gifts(choices: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the choices where nobody may see who gave: neither filter nor order tells it."""
    return {
        name: tuple(one for one in allowed if one != "gift")
        for name, allowed in choices.items()
        if name != "gift"
    }


def choices_of(workshop: Workshop) -> Mapping[str, tuple[str, ...]]:
    """Return what the list of a workshop's people may be asked for."""
    return without_gifts(CHOICES) if workshop.hides_carried else CHOICES


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the address of the list: search words, and one of CHOICES each, or empty."""

    search: str
    chosen: Mapping[str, str]

    @property
    def is_narrow(self) -> bool:
        """Whether the list is less than everybody."""
        return bool(self.search) or any(v for k, v in self.chosen.items() if k != "sort")

    @property
    def query(self) -> str:
        """Return it as a query string without "?"; the page of the list is not in it."""
        known = {"q": self.search, **self.chosen}
        return urlencode({name: value for name, value in known.items() if value})


def asked(parameters: Mapping[str, str], choices: Mapping[str, tuple[str, ...]] = CHOICES) -> Asked:
    """Read an address; what nobody offers counts as not asked for."""
    search = parameters.get("q", "").replace("\x00", "").strip()[:120]
    chosen = {}
    for name, allowed in choices.items():
        value = parameters.get(name, "")
        chosen[name] = value if value in allowed else ""
    return Asked(search, chosen)


def found(workshop: Workshop, wanted: Asked) -> QuerySet[Registration]:
    """Return the people of ``workshop``, each with ``gift_minor``: what is left of the gift.

    A gift is its payer's, who sits first; who came along gave none.
    """
    by = wanted.chosen
    rows = people_filters.found(
        workshop, Filter(wanted.search, by["state"], by["attended"], by["mail"], by["marked"])
    )
    given = Donation.objects.filter(booking=OuterRef("booking_id")).order_by().values("booking")
    total = Subquery(given.annotate(sum=Sum("net_minor")).values("sum"))
    rows = rows.annotate(gift_minor=Coalesce(total, Value(0), output_field=BigIntegerField()))
    if by.get("gift") == "yes":
        rows = rows.filter(position=1, gift_minor__gt=0)
    elif by.get("gift") == "no":
        rows = rows.exclude(position=1, gift_minor__gt=0)
    if by["sort"] == "gift":
        return rows.order_by(F("gift_minor").desc(), "booking_id", "position")
    return people_filters.ordered(rows, by["sort"])
