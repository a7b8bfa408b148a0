"""Mails that a person asked for: their links, a receipt, the answer to a wish. None: not due."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from donations.models import Donation, KeptForm
from donations.services import pages
from donations.services.abuse import kept_forms
from donations.services.links import gift_link
from donations.services.mails.payment_emails import compose_for, donation_of
from donations.services.papers import receipts
from donations.services.person import own_records
from events.models import Message, Person
from events.services import access, list_invitations
from events.services.mails.emails import absolute, compose, manage_url, seat_url


def person_url(person: Person) -> str:
    """Return the full address of the page of one address."""
    return absolute(reverse("person", args=[access.person_link(person)]))


def links(message: Message) -> EmailMultiAlternatives | None:
    """Every seat and gift of an address with fresh links; not due where there is none."""
    person = Person.objects.filter(pk=message.ids["person"]).first()
    if person is None:
        return None
    seats, gifts = _seats(person), _gifts(person)
    others = (
        own_records.hosts_of(person.email),
        own_records.acknowledgements_of(person.email),
        own_records.claims_of(person.email),
    )
    is_known = any(rows.exists() for rows in others) or list_invitations.of_address(person.email)
    if not seats and not gifts and not is_known:
        return None
    return compose(
        "links",
        to=person.email,
        language=person.language,
        reply_to=settings.DEFAULT_FROM_EMAIL,
        context={"seats": seats, "gifts": gifts, "person_url": person_url(person)},
    )


def finish_form(message: Message) -> EmailMultiAlternatives | None:
    """The link by which a form goes on to paying; not due once the form is forgotten."""
    row = KeptForm.objects.filter(pk=message.ids["kept_form"]).select_related("campaign").first()
    if row is None:
        return None
    return compose(
        "finish_form",
        to=row.email,
        language=row.language,
        reply_to=settings.DEFAULT_FROM_EMAIL,
        context={
            "name": row.name,
            "title": row.campaign.text("title", row.language),
            "link": absolute(reverse("finish_form", args=[kept_forms.link(row)])),
        },
    )


def _seats(person: Person) -> list[dict[str, Any]]:
    own = [(one.workshop, manage_url(one)) for one in own_records.shown_bookings(person.email)]
    others = [
        (one.booking.workshop, seat_url(one)) for one in own_records.shown_seats(person.email)
    ]
    with translation.override(person.language):
        return [
            {"workshop": pages.workshop_page(workshop, person.language), "url": url}
            for workshop, url in (*own, *others)
        ]


def _gifts(person: Person) -> list[dict[str, Any]]:
    return [
        {"donation": one, "url": own_page(one)}
        for one in own_records.gifts_of(person.email)
        if one.booking is None
    ]


def own_page(donation: Donation) -> str:
    """Return the full address of a gift's own page."""
    return absolute(reverse("gift", args=[gift_link(donation)]))


def receipt(message: Message) -> EmailMultiAlternatives | None:
    """The receipt as PDF, as its giver asked for it."""
    return receipt_mail(donation_of(message))


def receipt_mail(donation: Donation) -> EmailMultiAlternatives:
    """Return the mail that brings a paid donation's receipt."""
    mail = compose_for("receipt", donation, number=receipts.number(donation))
    content = receipts.pdf(donation, donation.language[:2])
    mail.attach(receipts.file_name(donation), content, "application/pdf")
    return mail


def refund_answer(message: Message) -> EmailMultiAlternatives | None:
    """An organizer leaves it as a gift and says why; not due where it went back all the same."""
    donation = donation_of(message)
    if donation.refund_declined_at is None or donation.net_minor <= 0:
        return None
    return refund_answer_mail(donation)


def refund_answer_mail(donation: Donation) -> EmailMultiAlternatives:
    """Return the organizer's answer to who asked for a gift back."""
    return compose_for("refund_answer", donation, answer=donation.refund_answer)
