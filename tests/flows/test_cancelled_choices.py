"""A cancelled workshop: each payer chooses once what becomes of the money, or the deadline does."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Cancellation, CancellationChoice, Donation, LedgerEntry
from donations.services import cancellations, refund_run
from events.models import Booking, Workshop
from events.services import access
from tests.support.cast import make_workshop
from tests.support.clock import Clock
from tests.support.story import Story, body

PEOPLE = ("rita", "karl", "dana", "nora")


def organizer(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(workshop: Workshop, page: str) -> str:
    return f"/organize/workshops/{workshop.public_id}/{page}/"


def cancel(user: User, workshop: Workshop, *dates: Workshop, **typed: Any) -> Any:
    form = {"note": "Ann is ill.", "default": "refund", "dates": [one.public_id for one in dates]}
    deadline = cancellations.clock.now() + cancellations.USUAL_TIME
    form["deadline"] = deadline.date().isoformat()
    return organizer(user).post(address(workshop, "cancel"), {**form, **typed})


def own(booking: Booking) -> str:
    return f"/b/{access.booking_link(booking)}/choice/"


def of(name: str) -> Booking:
    """Return a person's first booking: the one of the cancelled workshop."""
    return Booking.objects.filter(email=f"{name}@example.org").earliest("pk")


def choose(story: Story, name: str, choice: str, date: Workshop | None = None) -> None:
    typed = {"choice": choice} | ({"date": str(date.public_id)} if date else {})
    assert story.client.post(own(of(name)), typed).status_code == 302


def run() -> refund_run.Round:
    return refund_run.run(gateway=for_workers())


def refunds() -> dict[str, list[int]]:
    """Return what went back, by the giver's name."""
    found: dict[str, list[int]] = {}
    for one in LedgerEntry.objects.filter(kind="refund").order_by("pk"):
        donation = Donation.objects.get(pk=one.donation_id)
        found.setdefault(donation.email.partition("@")[0], []).append(one.amount_minor)
    return found


@pytest.fixture
def other(workshop: Workshop) -> Workshop:
    """Another date of the same campaign, with two seats."""
    return make_workshop(workshop.campaign, title="The other date", capacity=2)


def full(story: Story, workshop: Workshop, *names: str) -> None:
    for name in names or PEOPLE:
        story.give(workshop, name=name.title(), email=f"{name}@example.org")
    story.mails()


def asked_once(story: Story) -> None:
    """Each payer got one mail that asks, with the other date in it."""
    asked = [mail for mail in story.mails() if "Your choice" in mail["Subject"]]
    assert sorted(mail["To"] for mail in asked) == sorted(f"{one}@example.org" for one in PEOPLE)
    assert "/choice/" in body(asked[0])
    assert "The other date" in body(asked[0])


def as_chosen() -> None:
    """Each choice is as it was made, by a person or by the deadline, and so is what is shown."""
    choices = CancellationChoice.objects.values_list("booking__name", "choice", "by_default")
    assert sorted(choices) == [
        ("Dana", "move", False),
        ("Karl", "keep", False),
        ("Nora", "refund", True),
        ("Rita", "refund", False),
    ]
    progress = cancellations.progress(Cancellation.objects.get())
    assert (progress.asked, progress.refunds, progress.refunded) == (4, 2, 2)
    assert (progress.kept, progress.moved, progress.stuck) == (1, 1, 0)
    assert progress.amount_back.minor == 4000


def test_three_choose_three_ways_and_the_deadline_decides_for_the_fourth(
    story: Story, workshop: Workshop, other: Workshop, alice: User, clock: Clock
) -> None:
    full(story, workshop)
    assert "$80.00" in organizer(alice).get(address(workshop, "cancel")).content.decode()
    for _ in range(2):  # A double click cancels and asks once.
        assert cancel(alice, workshop, other)["Location"] == address(workshop, "cancelled")
    asked_once(story)
    assert "The other date" in story.page(own(of("rita")))
    assert not CancellationChoice.objects.exclude(choice="").exists(), "GET only shows"
    choose(story, "karl", "refund")  # and thinks better of it
    choose(story, "karl", "keep")
    for _ in range(2):
        choose(story, "rita", "refund")
        choose(story, "dana", "move", other)
    assert run().done == 1
    assert run().done == 0
    assert refunds() == {"rita": [2000]}
    choose(story, "rita", "keep")
    assert CancellationChoice.objects.get(booking=of("rita")).choice == "refund", "it is done"

    moved = Booking.objects.get(workshop=other)
    assert (moved.email, moved.state) == ("dana@example.org", "confirmed")
    assert Donation.objects.get(booking=moved).workshop == other
    assert of("dana").state == "cancelled"
    kept = Donation.objects.get(email="karl@example.org")

    clock.advance(days=16)
    assert run().done == 1
    assert run() == refund_run.Round(0, 0, 0)
    assert refunds() == {"rita": [2000], "nora": [2000]}
    kept.refresh_from_db()
    assert kept.net_minor == 2000
    as_chosen()
    assert story.total(workshop.campaign).raised.minor == 4000
    backs = [mail["To"] for mail in story.mails() if "on its way back" in mail["Subject"]]
    assert sorted(backs) == ["nora@example.org", "rita@example.org"]
    assert "The time to choose is over" not in story.page(own(of("karl")))
    page = organizer(alice).get(address(workshop, "cancelled")).content.decode()
    assert "2 of 2 refunds are done" in page


def test_the_default_may_be_to_keep_it(
    story: Story, workshop: Workshop, alice: User, clock: Clock
) -> None:
    full(story, workshop, "nora")
    cancel(alice, workshop, default="keep")
    run()
    assert CancellationChoice.objects.get().choice == ""
    clock.advance(days=16)
    run()
    assert (CancellationChoice.objects.get().choice, refunds()) == ("keep", {})
    choose(story, "nora", "refund")
    run()
    assert refunds() == {}, "it is too late"


def test_who_gave_nothing_may_come_on_another_date_and_nothing_else(
    story: Story, workshop: Workshop, other: Workshop, alice: User, clock: Clock
) -> None:
    seated = Booking.objects.create(
        workshop=workshop, state="confirmed", seats=1, name="Zoe", email="zoe@example.org",
        language="fr", confirmed_at=clock.now(),
    )  # fmt: skip
    seated.registrations.create(position=1, name="Zoe")
    Workshop.objects.filter(pk=workshop.pk).update(seats_taken=1)
    cancel(alice, workshop, other)
    (mail,) = [one for one in story.mails() if one["Subject"].startswith("Votre choix")]
    assert "rembours" not in body(mail)
    for wanted in ("refund", "keep", "nonsense", ""):
        choose(story, "zoe", wanted)
    assert CancellationChoice.objects.get().choice == ""
    assert "Refund me" not in story.page(own(seated))
    clock.advance(days=16)
    run()
    found = CancellationChoice.objects.get()
    assert (found.choice, found.done_at is not None) == ("", True)


def test_money_that_arrives_after_the_cancellation_is_asked_about_too(
    story: Story, workshop: Workshop, alice: User
) -> None:
    donation = story.register(workshop, name="Lena", email="lena@example.org")
    cancel(alice, workshop)
    assert not CancellationChoice.objects.exists()
    story.pay(donation)
    assert run().asked == 1
    assert run().asked == 0
    assert any("Your choice" in mail["Subject"] for mail in story.mails())


def test_bad_input_is_told_at_its_field_and_nothing_is_cancelled(
    workshop: Workshop, other: Workshop, alice: User
) -> None:
    answer = cancel(alice, workshop, deadline="2020-01-01", note="Kept words")
    assert answer.status_code == 422
    assert "within the next three months" in answer.content.decode()
    assert "Kept words" in answer.content.decode()
    foreign = make_workshop(make_workshop(other.campaign).campaign)
    Workshop.objects.filter(pk=foreign.pk).update(state="draft")
    assert cancel(alice, workshop, foreign).status_code == 422
    workshop.refresh_from_db()
    assert workshop.state == "published"
    assert not Cancellation.objects.exists()


def test_others_may_not(workshop: Workshop, alice: User, bob: User, charlie: User) -> None:
    for user, status in ((bob, 403), (charlie, 404)):
        for page in ("cancel", "cancelled"):
            assert organizer(user).get(address(workshop, page)).status_code == status
        assert cancel(user, workshop).status_code == status
        assert organizer(user).post(address(workshop, "cancelled/retry")).status_code == status
    assert not Cancellation.objects.exists()
    assert organizer(alice).get(address(workshop, "cancelled")).status_code == 404


def test_control_the_database_refuses_two_choices_of_one_booking(
    story: Story, workshop: Workshop, alice: User
) -> None:
    full(story, workshop, "rita")
    cancel(alice, workshop)
    (found,) = CancellationChoice.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        CancellationChoice.objects.create(cancellation=found.cancellation, booking=found.booking)


@pytest.mark.parametrize("gift", ["", "ask"])
def test_a_page_opened_before_the_cancellation_turns_no_money_into_a_gift(
    story: Story, workshop: Workshop, alice: User, clock: Clock, gift: str
) -> None:
    full(story, workshop, "nora")
    page = f"/b/{access.booking_link(of('nora'))}/"
    assert f"{page}cancel/" in story.page(page)
    cancel(alice, workshop)
    answer = story.client.post(f"{page}cancel/", {"gift": gift}, follow=True)
    assert "The workshop was cancelled" in answer.content.decode()
    assert of("nora").state == "confirmed"
    assert f"{page}cancel/" not in story.page(page)
    clock.advance(days=16)
    run()
    assert refunds() == {"nora": [2000]}
