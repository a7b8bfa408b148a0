"""The mails that a person asked for, made of rows that stand as each kind wants them."""

from __future__ import annotations

import uuid

from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from donations.models import Donation, KeptForm
from donations.services.abuse import kept_forms
from events.models import Booking, Message, Person
from events.services.seating.seats import Payer
from fundraiser.core import clock
from fundraiser.mail_kinds import MAIL_KINDS


def own_mails(booking: Booking, donation: Donation) -> dict[str, EmailMultiAlternatives | None]:
    """Return the links of a paid booking's payer, the receipt, and the answer to a wish."""
    person = Person.objects.create(
        email=booking.email, language=booking.language, created_at=clock.now()
    )
    Donation.objects.filter(pk=donation.pk).update(
        refund_asked_at=clock.now(),
        refund_declined_at=clock.now(),
        refund_answer="C’est déjà envoyé.\nAlice",
    )
    return {
        "finish_form": _render("finish_form", kept_form=_kept_form(donation)),
        "links": _render("links", person=person.pk),
        "receipt": _render("receipt", donation=donation.pk),
        "refund_answer": _render("refund_answer", donation=donation.pk),
    }


def _kept_form(donation: Donation) -> int:
    kept_forms.keep(
        campaign=donation.campaign,
        nonce=uuid.uuid4(),
        payer=Payer(donation.name, donation.email, donation.language),
        path="/c/water/give/",
        fields={"amount": "2000"},
    )
    return KeptForm.objects.get().pk


def _render(kind: str, **ids: int) -> EmailMultiAlternatives | None:
    message = Message(key=uuid.uuid4().hex, kind=kind, ids=ids, created_at=clock.now())
    made: EmailMultiAlternatives | None = import_string(MAIL_KINDS[kind].renderer)(message)
    return made
