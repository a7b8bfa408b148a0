"""Tells the story: each giver registers, pays at the sandbox, and comes back. Repeatable.

What a run finds done it leaves alone, so that a second run changes nothing and one that was
interrupted is finished by the next.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from donations.demo import story
from donations.demo.places import Places
from donations.demo.sandbox_calls import call
from donations.demo.story import Giver
from donations.gateway import Gateway
from donations.models import Donation
from donations.services import checkout, fees, settlement
from donations.services.checkout import Gift
from donations.states import DonationState
from events.models import Workshop
from events.services.seating.seats import Companion, Payer
from fundraiser.core.money import Money

_VISITS: Final = uuid.UUID("5f1d7d3c-6a1e-4a57-9d1c-0a3a4f5f8900")


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one giver's part after the other."""

    places: Places
    gateway: Gateway

    def tell(self, giver: Giver) -> Donation:
        """Let one giver do everything that the story says of them; return the donation."""
        known = Donation.objects.filter(visit=self._visit(giver)).order_by("pk").last()
        donation = known or self._start(giver)
        if giver.then == "late":
            return self._late(giver, donation)
        if known is not None and donation.state != DonationState.PAID:
            # An earlier run may have been interrupted between a payment and its return.
            donation = settlement.apply(donation.pk, gateway=self.gateway)
        if donation.state != DonationState.PAID:
            self._pay(giver, donation)
            donation = settlement.apply(donation.pk, gateway=self.gateway)
        after: dict[str, Callable[[Donation], None]] = {
            "refund": self._refund,
            "dispute_won": self._dispute,
        }
        if giver.then in after:
            after[giver.then](donation)
        return donation

    @staticmethod
    def _visit(giver: Giver) -> uuid.UUID:
        return uuid.uuid5(_VISITS, giver.email)

    def _workshop(self, giver: Giver) -> Workshop | None:
        if giver.without_seat:
            return None
        return self.places.clinic if giver.clinic else self.places.workshop

    def _start(self, giver: Giver) -> Donation:
        campaign = self.places.campaign
        amount = Money(giver.amount, campaign.currency)
        cover = Money(0, campaign.currency)
        if giver.cover_fee:
            cover = fees.estimate(campaign.currency).cover(amount)
        gift = Gift(
            amount=amount + cover,
            cover=cover,
            payer=Payer(
                name=giver.name,
                email=giver.email,
                language=giver.language,
                seats=2 if giver.friend else 1,
                companions=(Companion(giver.friend),) if giver.friend else (),
            ),
            visit=self._visit(giver),
            message=giver.message,
            hide_name=giver.hide_name,
            hide_amount=giver.hide_amount,
        )
        workshop = self._workshop(giver)
        return checkout.start(campaign=campaign, workshop=workshop, gift=gift, gateway=self.gateway)

    def _pay(self, giver: Giver, donation: Donation, *, late: bool = False) -> None:
        """Pay at Stripe's page, after a refusal where the story has one; bank debits settle."""
        where = {"session": donation.session_id, "account": donation.stripe_account}
        if giver.declined_first:
            call("pay", card=giver.declined_first, **where)
        if giver.bank_debit:
            if donation.state != DonationState.PROCESSING:
                call("pay", method="us_bank_account", **where)
                settlement.apply(donation.pk, gateway=self.gateway)
            call("settle_debit", succeeded=True, **where)
            return
        call("pay", card=giver.card, outcome="late" if late else None, **where)

    def _refund(self, donation: Donation) -> None:
        if donation.net_minor:
            call(
                "refund",
                payment_intent=donation.payment_intent_id,
                account=donation.stripe_account,
            )
            settlement.apply(donation.pk, gateway=self.gateway)

    def _dispute(self, donation: Donation) -> None:
        """The bank of the giver takes the money back, and loses the dispute."""
        if donation.entries.filter(kind="dispute_reinstated").exists():
            return
        account = donation.stripe_account
        opened = call("dispute", charge=donation.charge_id, account=account)
        settlement.apply(donation.pk, gateway=self.gateway)
        call("dispute_close", dispute=opened["id"], status="won", account=account)
        settlement.apply(donation.pk, gateway=self.gateway)

    def _late(self, giver: Giver, donation: Donation) -> Donation:
        """The only seat is released before the money comes, and somebody else takes it."""
        if donation.state == DonationState.PAID:
            return donation
        call("expire", session=donation.session_id, account=donation.stripe_account)
        settlement.apply(donation.pk, gateway=self.gateway)
        quicker = story.QUICKER
        if not Donation.objects.filter(visit=self._visit(quicker)).exists():
            taken = self._start(quicker)
            self._pay(quicker, taken)
            settlement.apply(taken.pk, gateway=self.gateway)
        self._pay(giver, donation, late=True)
        return settlement.apply(donation.pk, gateway=self.gateway)
