"""A year's statement of one address: every gift across campaigns, in one currency."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from donations.models import Donation
from donations.services.papers import documents, receipts
from donations.services.person.own_records import Year
from fundraiser.core import clock

_COLOUR = "#0a63c2"


def pdf(year: Year, *, name: str, email: str, language: str) -> bytes:
    """Return the statement as tagged PDF in ``language``."""
    with translation.override(language):
        sheet = _sheet(year, name, email, language)
        return documents.pdf(sheet, made_at=clock.now())


def _sheet(year: Year, name: str, email: str, language: str) -> documents.Sheet:
    title = _("Gifts in %(year)d (%(currency)s)")
    values = {"year": year.year, "currency": year.currency}
    return documents.Sheet(
        language=language,
        title=title % values,
        description=_("All gifts of one address in one year and one currency"),
        author=settings.SITE_NAME,
        sender=settings.SITE_NAME,
        accent=_COLOUR,
        lead=[_("This is to confirm the gifts of that year, across all campaigns.")],
        facts=[
            (_("Name"), name or "—"),
            (_("E-mail address"), email),
            (_("Made on"), receipts.day(clock.now())),
        ],
        table=documents.Table(
            title=_("Your gifts"),
            head=[_("Day"), _("Gift for"), _("Number"), _("Given"), _("Given back")],
            rows=[*_rows(year, language), _sum(year, language)],
            numbers=[3, 4],
            wide=1,
        ),
        sections=[documents.Section("", _notes(year, language))],
        footer=settings.SITE_NAME,
    )


def _rows(year: Year, language: str) -> Iterator[documents.Row]:
    for gift in sorted(year.gifts, key=lambda one: (one.paid_at, one.pk)):
        yield documents.Row(
            [
                receipts.day(gift.paid_at) if gift.paid_at else "",
                _for(gift, language),
                receipts.number(gift),
                gift.amount.format(language),
                f"− {gift.refunded.format(language)}" if gift.refunded else "—",
            ]
        )


def _for(gift: Donation, language: str) -> str:
    charity = receipts.charity_line(gift.campaign, language)
    return f"{charity} · {gift.campaign.text('title', language)}"


def _sum(year: Year, language: str) -> documents.Row:
    back = f"− {year.given_back.format(language)}" if year.given_back else "—"
    cells = [_("Together"), "", "", year.given.format(language), back]
    return documents.Row(cells, "sum")


def _notes(year: Year, language: str) -> list[str]:
    left = _("What is left of it: %(amount)s.") % {"amount": year.left.format(language)}
    return [
        left,
        _(
            "Each gift counts in the year in which it was paid, by UTC. What was given back up to "
            "today is taken off the gift that it belonged to."
        ),
        _("This is a payment confirmation, not a tax receipt."),
    ]
