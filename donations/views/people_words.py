"""How the filters of the lists of people are called, and whoever gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from donations.models import Donation
from donations.services.people_list import CHOICES, Asked

#: Parameter -> its label, what stands for "no matter", and the name of each choice.
_WORDS: Final[dict[str, tuple[str | Promise, str | Promise, dict[str, str | Promise]]]] = {
    "state": (
        _("Seat"),
        _("Any"),
        {
            "confirmed": _("Confirmed"),
            "waiting": _("Waiting"),
            "held": _("Not confirmed yet"),
            "needs_attention": _("Late payment"),
            "cancelled": _("Cancelled"),
        },
    ),
    "attended": (
        _("Attendance"),
        _("Any"),
        {
            "yes": _("Was there"),
            "no": _("Was not there"),
            "unknown": pgettext_lazy("attendance", "Not known"),
        },
    ),
    "gift": (_("Gift"), _("Any"), {"yes": _("Gave"), "no": _("Gave nothing")}),
    "seat": (_("Workshop"), _("Any"), {"yes": _("Has a seat, or waits"), "no": _("Only gave")}),
    "news": (_("News"), _("Any"), {"yes": _("Wants news")}),
    "mail": (_("Mails"), _("Any"), {"trouble": _("Mail problem")}),
    "marked": (_("Mark"), _("Any"), {"yes": _("Marked")}),
    "sort": (
        _("Order"),
        _("By seat"),
        {"name": _("By name"), "newest": _("Latest first"), "gift": _("Largest gift first")},
    ),
}


def filters(asked: Asked, choices: Mapping[str, tuple[str, ...]] = CHOICES) -> list[dict[str, Any]]:
    """Return each filter for templates/organize/_people_filter.html, the chosen value told."""
    shown = []
    for name, allowed in choices.items():
        label, anything, names = _WORDS[name]
        options = [("", anything), *((value, names[value]) for value in allowed)]
        shown.append(
            {"name": name, "label": label, "options": options, "value": asked.chosen[name]}
        )
    return shown


def giver(donation: Donation) -> str:
    """Return who gave, as the team may know it: “Somebody” where no name may be told."""
    return donation.name_for_team or gettext("Somebody")
