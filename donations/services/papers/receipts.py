"""What a giver's own pages and papers tell about one payment: a payment confirmation.

It is no tax receipt unless the campaign's settings carry a wording for taxes (DESIGN.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from babel import Locale
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from donations.models import Donation
from donations.services.papers import documents
from donations.states import Kind, Purpose
from events.models import Campaign
from events.services.mails import outbox
from fundraiser.core import clock, marks
from fundraiser.core.money import Money

#: A receipt that was asked for is mailed at most once in so many seconds.
PAUSE_SECONDS = 600


def exact_fee(donation: Donation) -> Money | None:
    """Return the fee that Stripe took for a payment, or None as long as it is not known."""
    entry = donation.entries.filter(kind=Kind.FEE).first()
    return Money(entry.amount_minor, entry.currency) if entry else None


def number(donation: Donation) -> str:
    """Return the number by which people name a payment."""
    return donation.public_id.hex[:8].upper()


def ask_for_mail(donation: Donation) -> None:
    """Queue the receipt as a mail to its giver; asked again within ten minutes, it is one."""
    moment = int(clock.now().timestamp()) // PAUSE_SECONDS
    outbox.queue(key=f"receipt:{donation.pk}:{moment}", kind="receipt", donation=donation.pk)


def pdf(donation: Donation, language: str) -> bytes:
    """Return the receipt of a paid donation as tagged PDF in ``language``."""
    with translation.override(language):
        return documents.pdf(_sheet(donation, language), made_at=clock.now())


def file_name(donation: Donation) -> str:
    """Return what the file is called when it is saved."""
    mark = "TEST-" if donation.campaign.test_mode else ""
    return f"{mark}receipt-{number(donation)}.pdf"


def _sheet(donation: Donation, language: str) -> documents.Sheet:
    campaign = donation.campaign
    title = _("Payment confirmation %(number)s") % {"number": number(donation)}
    lead = [_("Thank you, %(name)s. This is to confirm your gift for %(charity)s.")]
    if campaign.test_mode:
        title = marks.marked(_("Not a receipt: a test"))
        lead = [marks.sentence(), _("Nothing was paid, and this paper proves nothing.")]
    return documents.Sheet(
        language=language,
        title=title,
        description=_("A gift for %(charity)s") % {"charity": campaign.charity_name},
        author=campaign.organizer_name,
        sender=f"{campaign.text('title', language)} · {campaign.organizer_name}",
        accent=f"#{campaign.accent}",
        lead=[one % {"name": donation.name, "charity": campaign.charity_name} for one in lead],
        facts=list(_facts(donation, language)),
        table=documents.Table(
            title=_("What you paid"),
            head=[_("Item"), _("Amount")],
            rows=list(_rows(donation, language)),
            numbers=[1],
        ),
        sections=list(_sections(donation, language)),
        footer=f"{campaign.organizer_name} · {campaign.team.reply_to} · {settings.SITE_NAME}",
    )


def charity_line(campaign: Campaign, language: str) -> str:
    """Return the charity's name with its registration number and country, as far as known."""
    country = campaign.charity_country
    more = [campaign.charity_registration, country_name(country, language)]
    told = ", ".join(one for one in more if one)
    return f"{campaign.charity_name} ({told})" if told else campaign.charity_name


def country_name(code: str, language: str) -> str:
    """Return a country's name in ``language``; the code itself where there is none."""
    return Locale.parse(language).territories.get(code.upper(), code) if code else ""


def day(moment: datetime) -> str:
    """Return the day of an aware moment in UTC, as the active language writes it."""
    return str(date_format(moment, "j F Y"))


def _facts(donation: Donation, language: str) -> Iterator[tuple[str, str]]:
    campaign, workshop = donation.campaign, donation.workshop
    yield _("Number"), number(donation)
    if donation.paid_at is not None:
        yield _("Paid on"), day(donation.paid_at)
    yield _("Paid by"), ", ".join(one for one in (donation.name, donation.email) if one)
    yield _("Charity"), charity_line(campaign, language)
    yield _("Campaign"), campaign.text("title", language)
    if workshop is not None:
        yield _("Workshop"), f"{workshop.text('title', language)}, {day(workshop.starts_at)}"


def _rows(donation: Donation, language: str) -> Iterator[documents.Row]:
    campaign = donation.campaign
    gift = _("Gift for %(charity)s") % {"charity": campaign.charity_name}
    yield documents.Row([gift, donation.amount.format(language)])
    fee = exact_fee(donation)
    if fee is not None:
        label = _("Payment fee, part of it")
        if campaign.fees_paid_by_organizer:
            payer = {"organizer": campaign.organizer_name}
            label = _("Payment fee, paid by %(organizer)s") % payer
        yield documents.Row([label, fee.format(language)], "aside")
    if donation.refunded:
        yield documents.Row([_("Given back to you"), f"− {donation.refunded.format(language)}"])
        left = donation.amount - donation.refunded
        yield documents.Row([_("What is left of it"), left.format(language)], "sum")


def benefit(donation: Donation) -> Money | None:
    """Return what the giver got in return, where the organizer tells it: the seats' value."""
    workshop, booking = donation.workshop, donation.booking
    if donation.purpose != Purpose.SEAT or workshop is None or booking is None:
        return None
    if workshop.benefit_minor is None:
        return None
    return Money(workshop.benefit_minor * booking.seats, donation.currency)


def _sections(donation: Donation, language: str) -> Iterator[documents.Section]:
    got = benefit(donation)
    if got is not None:
        left = donation.amount - donation.refunded
        beyond = max(left - got, Money(0, donation.currency))
        told = _(
            "In return for it there was a seat, of which the organizer says that it is worth "
            "%(value)s. The gift beyond that is %(beyond)s."
        )
        values = {"value": got.format(language), "beyond": beyond.format(language)}
        yield documents.Section(_("What you got in return"), [told % values])
    yield documents.Section(*_tax(donation.campaign, language))


def _tax(campaign: Campaign, language: str) -> tuple[str, Sequence[str]]:
    if campaign.test_mode:
        return "", [_("This is a test, and no receipt of any kind.")]
    wordings = campaign.receipt_tax_wording
    wording = wordings.get(language) or wordings.get(campaign.language)
    if not wording:
        return "", [_("This is a payment confirmation, not a tax receipt.")]
    country = country_name(campaign.receipt_tax_country, language)
    heading = _("Taxes (%(country)s)") % {"country": country} if country else _("Taxes")
    return heading, str(wording).split("\n\n")
