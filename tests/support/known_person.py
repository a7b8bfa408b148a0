"""Somebody of whom everything is known that the product can know of a person.

Whatever is told of her holds the word ``quill``: where it stands, something of her stands.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.test import Client

from donations.gateway.stripe import for_visitors, for_workers
from donations.models import Donation, Export
from donations.services import (
    cancellations,
    organizer_refunds,
    refund_requests,
    refund_run,
)
from donations.services.exports import jobs
from donations.services.remitting import acknowledging, remittances
from donations.services.updating import updates
from donations.states import Choice, SeatAfter
from events.models import Booking, Campaign, Workshop
from events.services import invitations, people_notes
from events.services.mails import problems
from events.services.room import hosts
from events.services.seating import requests, seat_changes
from events.states import ProblemKind, Role
from fundraiser.core import clock
from fundraiser.core.money import Money
from tests.support import claims, traces
from tests.support.cast import make_campaign, make_workshop
from tests.support.rooms import Browser, way_in
from tests.support.story import Story, address

WORD: Final = "quill"
#: The host of an officer's address stays (docs/adr/0045-an-officers-address.md): it says no quill.
EMAIL: Final = "dora.quill@mail.example"
NAME: Final = "Dora Quill"
_WHO: Final = {"name": NAME, "email": EMAIL}
_QUESTION: Final = {"id": "why", "label": "Why?", "kind": "text", "required": False}


def live(story: Story, campaign: Campaign, alice: User) -> None:
    """Let Dora do, and have done to her, all that there is."""
    traces.forget_files(WORD)
    team = Client()
    team.force_login(alice)
    _gives(story, campaign)
    _comes(story, campaign, alice)
    _waits(story, campaign)
    _loses_a_date(story, campaign)
    _shows_receipts(story, campaign, team)
    _is_written_about(campaign, alice, team)
    _has_an_account()
    story.mails()
    _still_waits_for_mails(story, campaign)
    export = Export(owner=alice, kind="donations", format="csv", campaign=campaign)
    jobs.write(jobs.ask(export).pk)


def _gives(story: Story, campaign: Campaign) -> None:
    """Give without a workshop: one partly refunded, one asked back, one never paid."""
    gift = {**_WHO, "message": "Hello from Quill", "wants_news": "on"}
    way = {"utm_source": "quill-news", "via": "choir"}
    given = story.give(campaign, amount="5000", **gift, **way)
    organizer_refunds.give_back(
        given,
        nonce=uuid.uuid4(),
        amount=Money(500, given.currency),
        reason="Quill gave too much",
        seat=SeatAfter.KEEP,
        gateway=for_visitors(),
    )
    asked = story.give(campaign, **{**_WHO, "email": EMAIL.upper()})
    refund_requests.ask(asked.pk)
    refund_requests.decline(asked, reason="It was spent, Quill")
    abandoned = story.register(campaign, **gift)
    story.sandbox.expire(abandoned.session_id)
    story.webhooks(abandoned)


def _comes(story: Story, campaign: Campaign, alice: User) -> None:
    """Come with somebody who has no address, and to another one's booking; enter the room."""
    shop = make_workshop(campaign, questions=[_QUESTION], join_url="https://rooms.example.org/1")
    own = {**_WHO, "seats": 2, "person_2_name": "Mother Quill", "question_why": "Quill says so"}
    booking = story.give(shop, **own).booking
    assert booking is not None
    first = booking.registrations.get(position=1)
    Workshop.objects.filter(pk=shop.pk).update(starts_at=clock.now() + timedelta(minutes=5))
    Browser().enter(way_in(first))
    Workshop.objects.filter(pk=shop.pk).update(starts_at=clock.now() + timedelta(days=9))
    people_notes.write(first, author=alice, text="Quill sits in front")
    people_notes.mark(first, marked=True)
    victor = {"email": "victor@example.org", "name": "Victor", "seats": 2}
    story.give(shop, **victor, person_2_name=NAME, person_2_email=EMAIL)


def _waits(story: Story, campaign: Campaign) -> None:
    """Wait for a seat, and be refused one."""
    full = make_workshop(campaign, capacity=1)
    story.give(full, email="first@example.org")
    asked = make_workshop(campaign, moderated=True)
    for place in (full, asked):
        form = {**_WHO, "nonce": str(uuid.uuid4()), "seats": "1"}
        answer = story.client.post(f"{address(place)}wait/", form)
        assert answer.status_code == 200, answer.content.decode()[:3000]
    requests.decline(Booking.objects.get(workshop=asked).pk, reason="Too late, Quill")


def _loses_a_date(story: Story, campaign: Campaign) -> None:
    """Pay for a workshop that is cancelled, and leave the money."""
    gone = make_workshop(campaign)
    booking = story.give(gone, **_WHO).booking
    assert booking is not None
    cancellations.cancel(
        gone,
        note="Ill",
        default=Choice.REFUND,
        deadline=clock.now() + timedelta(days=7),
        offered=[],
    )
    cancellations.choose(booking.pk, Choice.KEEP)
    refund_run.run(gateway=for_workers())


def _shows_receipts(story: Story, campaign: Campaign, team: Client) -> None:
    """Show two gifts by receipt: one is declined, one waits, and both have a file."""
    outside = make_workshop(claims.external_campaign(team=campaign.team))
    pdf = claims.PDF.replace(b"/Catalog", b"/Quill")
    told = {**_WHO, "reference": "QUILL-1", "message": "Quill was here"}
    for amount in ("20", "30"):
        file = claims.upload(pdf, "quill.pdf")
        claim = claims.show(story, outside, other_amount=amount, receipt=file, **told)
    claims.decide(team, claim, "decline", "Not yours, Quill")


def _is_written_about(campaign: Campaign, alice: User, team: Client) -> None:
    """Be invited, speak, answer for the charity, and have an address that bounces."""
    other = make_campaign(team=campaign.team)
    list_of_one = {"people": f"{NAME},{EMAIL}", "language": "en", "words": "Come, Quill"}
    path = f"/organize/campaigns/{other.public_id}/invite/"
    assert team.post(path, {**list_of_one, "workshop": "", "send": "1"}).status_code == 302
    invitations.invite(team=campaign.team, email=EMAIL, role=Role.VIEWER, language="en", by=alice)
    hosts.add(workshop=make_workshop(other), name=NAME, email=EMAIL, language="en")
    _answers_for_the_charity(campaign, alice)
    words = {"title": "News", "body": "The well is dug.", "translations": {}}
    updates.publish(updates.draft(campaign=campaign, author=alice, **words))
    problems.record(
        event_id="1",
        kind=ProblemKind.BOUNCED,
        email=EMAIL,
        permanent=False,
        detail=f"mailbox of {EMAIL} is full",
        happened_at=clock.now(),
        message_id=None,
    )


def _answers_for_the_charity(campaign: Campaign, alice: User) -> None:
    transfer = remittances.Transfer(
        amount=Money(1000, campaign.currency),
        sent_on=clock.now().date(),
        method="bank",
        reference="",
        note="",
        receipt="",
        receipt_is_public=False,
        more_is_meant=False,
        nonce=uuid.uuid4(),
    )
    sent = remittances.record(campaign=campaign, transfer=transfer, user=alice)
    asked = acknowledging.ask(remittance=sent, email=EMAIL, language="en")
    acknowledging.approve(asked)
    asked.refresh_from_db()
    said = acknowledging.Answer(
        received=sent.amount,
        received_on=sent.sent_on,
        name=NAME,
        role="Treasurer Quill",
        shows_name=True,
    )
    acknowledging.answer(asked, said)


def _has_an_account() -> None:
    """Have an account that organizes nothing, and be signed in with it."""
    user = User.objects.create_user("quill", EMAIL, "long-password-1", first_name="Quill")
    signing_in = {"login": user.email, "password": "long-password-1"}
    about_to = Client().post("/accounts/login/", signing_in)
    assert about_to.status_code == 302, about_to.content.decode()[:3000]
    Client(headers={"User-Agent": "Quillzilla"}).force_login(user)


def _still_waits_for_mails(story: Story, campaign: Campaign) -> None:
    """Have had a seat that is somebody else's now: the mail about it alone knows her."""
    shop = make_workshop(campaign)
    seat = {"person_2_name": NAME, "person_2_email": EMAIL, "seats": 2}
    booking = story.give(shop, email="victor@example.org", name="Victor", **seat).booking
    assert booking is not None
    second = booking.registrations.get(position=2)
    seat_changes.hand_over(second, seat_changes.NewPerson("Noor", "noor@example.org", "en"))


def amounts() -> list[tuple[object, ...]]:
    """Return what was given by anybody: amount, currency, state and what is left of it."""
    fields = ("pk", "amount_minor", "currency", "state", "net_minor", "charge_id")
    return list(Donation.objects.order_by("pk").values_list(*fields))
