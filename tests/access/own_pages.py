"""The attendee's own pages in the access matrix: what their links are for, and what was paid."""

from __future__ import annotations

import uuid
from typing import Final

from donations.gateway.stripe import for_visitors
from donations.models import Claim, Donation, KeptForm, OfflineGift
from donations.services import settlement, totals
from donations.services.abuse.kept_forms import FINISH_LINK
from donations.services.declaring.claim_links import CLAIM_LINK
from donations.services.links import GIFT_LINK
from donations.states import OfflineKind, OfflineState
from events.models import Person, Workshop
from events.services.access import BOOKING_LINK, PERSON_LINK, SEAT_LINK
from fundraiser.core import clock
from tests.support.cast import make_gift, start
from tests.support.sandbox import SandboxControl

_NAMES: Final = {
    "claim": CLAIM_LINK,
    "claim_withdraw": CLAIM_LINK,
    "erase": PERSON_LINK,
    "finish_form": FINISH_LINK,
    "gift_receipt": GIFT_LINK,
    "gift_receipt_mail": GIFT_LINK,
    "gift_ask_back": GIFT_LINK,
    "person": PERSON_LINK,
    "person_data": PERSON_LINK,
    "seat": SEAT_LINK,
    "seat_answers": SEAT_LINK,
    "seat_calendar": SEAT_LINK,
    "seat_hand_over": SEAT_LINK,
    "seat_mails": SEAT_LINK,
    "statement": PERSON_LINK,
    "statement_pdf": PERSON_LINK,
}
_OF_BOOKING: Final = (
    "answers ask_back choice give give_one_back hand_over links mails receipt receipt_mail "
    "take_seat"
)
#: What each of these addresses is for.
PURPOSES: Final = {**_NAMES, **{f"booking_{one}": BOOKING_LINK for one in _OF_BOOKING.split()}}


def _declared(workshop: Workshop) -> None:
    """Write a gift shown by receipt, another attendee's first, and one that is promised."""
    values = {"campaign": workshop.campaign, "amount_minor": 2000, "currency": "USD"}
    for name in ("Eli", "Dora"):
        Claim.objects.create(
            **values,
            name=name,
            email=f"{name}@example.org",
            language="en",
            visit=uuid.uuid4(),
            nonce=uuid.uuid4(),
        )
    OfflineGift.objects.create(
        **values,
        kind=OfflineKind.MATCHING,
        state=OfflineState.PLEDGED,
        received_on=clock.now().date(),
        nonce=uuid.uuid4(),
    )
    totals.move_declared(workshop.campaign, [], pledged=2000)


def paid(workshop: Workshop, sandbox: SandboxControl) -> Donation:
    """Return a paid donation for a seat: its giver's own pages have everything to show."""
    donation: Donation = start(workshop, make_gift(), for_visitors())
    sandbox.pay(donation.session_id)
    Person.objects.create(email=donation.email)
    KeptForm.objects.create(
        campaign=workshop.campaign,
        nonce=uuid.uuid4(),
        path="/",
        email=donation.email,
        name=donation.name,
        language="en",
    )
    _declared(workshop)
    return settlement.apply(donation.pk, gateway=for_visitors())


def row_of(donation: Donation, purpose: str) -> object:
    """Return whose link a purpose of these pages is: a person's seat, or the whole address."""
    if purpose == PERSON_LINK:
        return Person.objects.filter(email=donation.email).first() or donation
    if purpose == FINISH_LINK:
        return KeptForm.objects.filter(email=donation.email).first() or donation
    if purpose == CLAIM_LINK:
        rows = Claim.objects.filter(campaign=donation.campaign).order_by("pk")
        return (rows.last() if donation.state == "paid" else rows.first()) or donation
    booking = donation.booking
    assert booking is not None
    return booking.registrations.get(position=1)
