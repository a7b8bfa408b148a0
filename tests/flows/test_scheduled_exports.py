"""Exports that make themselves: which days, when, told to whom, and never twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client
from django.utils.module_loading import import_string

from donations.models import ColumnPreset, Donation, Export, ExportSchedule
from donations.services.exports import jobs, schedules
from donations.states import Every, ExportState
from events.models import Campaign, Membership, Message
from events.states import Role
from fundraiser.mail_kinds import MAIL_KINDS
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.exports import cells, paid
from tests.support.sandbox import SandboxControl

pytestmark = pytest.mark.django_db

#: A Friday.
NOW = datetime(2026, 10, 23, 12, 0, tzinfo=UTC)
#: As a browser posts it, but for who gets the mail.
FORM: dict[str, Any] = {
    "kind": "donations",
    "format": "csv",
    "every": "month",
    "at": "07:30",
    "time_zone": "Europe/Paris",
    "language": "fr",
}


@pytest.fixture
def bob(campaign: Campaign) -> User:
    """A colleague who may see people, too."""
    found = User.objects.create_user("bob", "bob@example.org")
    Membership.objects.create(team=campaign.team, user=found, role=Role.ORGANIZER)
    return found


def scheduled(campaign: Campaign, *people: User, **values: Any) -> ExportSchedule:
    """Return a weekly export of a campaign's gifts, at eight in Paris."""
    defaults: dict[str, Any] = {
        "campaign": campaign,
        "kind": "donations",
        "format": "csv",
        "every": Every.WEEK,
        "at": time(8),
        "time_zone": "Europe/Paris",
        "language": "fr",
    }
    return schedules.add(ExportSchedule(**{**defaults, **values}), people)


def mails() -> list[EmailMultiAlternatives]:
    """Return what the outbox's mails of exports would say now, those that are due."""
    rows = Message.objects.filter(kind="scheduled_export").order_by("pk")
    render = import_string(MAIL_KINDS["scheduled_export"].renderer)
    return [mail for mail in map(render, rows) if mail is not None]


@pytest.mark.parametrize(
    ("every", "at", "next_due", "period"),
    [
        # Clocks go back on 25 October: the same time is an hour later in UTC.
        (Every.DAY, time(8), datetime(2026, 10, 24, 6, tzinfo=UTC), (date(2026, 10, 22),) * 2),
        (Every.DAY, time(15), datetime(2026, 10, 23, 13, tzinfo=UTC), (date(2026, 10, 21),) * 2),
        (
            Every.WEEK,
            time(8),
            datetime(2026, 10, 26, 7, tzinfo=UTC),
            (date(2026, 10, 12), date(2026, 10, 18)),
        ),
        (
            Every.MONTH,
            time(8),
            datetime(2026, 11, 1, 7, tzinfo=UTC),
            (date(2026, 9, 1), date(2026, 9, 30)),
        ),
    ],
)
def test_the_period_is_the_last_whole_one_by_the_clocks_of_the_zone(
    every: Every, at: time, next_due: datetime, period: tuple[date, date]
) -> None:
    row = ExportSchedule(every=every, at=at, time_zone="Europe/Paris")
    assert schedules.next_due(row, NOW) == next_due
    assert schedules.last_period(row, NOW) == period
    # At the very moment its turn has come.
    due = schedules.next_due(row, NOW)
    assert schedules.next_due(row, due) > due
    assert schedules.last_period(row, due)[1] >= period[1]


def test_each_entitled_recipient_gets_a_link_to_a_file_of_their_own(  # noqa: PLR0917 -- fixtures
    client: Client,
    clock: Clock,
    given_twice: list[Donation],
    campaign: Campaign,
    alice: User,
    bob: User,
) -> None:
    clock.set(NOW)
    left, demoted = (User.objects.create_user(one, f"{one}@example.org") for one in ("x", "y"))
    for user in (left, demoted):
        Membership.objects.create(team=campaign.team, user=user, role=Role.ORGANIZER)
    scheduled(campaign, alice, bob, left, demoted)
    assert schedules.run_due() == 0
    Donation.objects.update(paid_at=datetime(2026, 10, 20, 12, tzinfo=UTC))
    Membership.objects.filter(user=left).delete()
    Membership.objects.filter(user=demoted).update(role=Role.VIEWER)
    clock.set(datetime(2026, 10, 26, 7, 1, tzinfo=UTC))
    assert schedules.run_due() == 2
    assert schedules.run_due() == 0
    assert not mails()  # nothing is told of before it is written
    assert jobs.write_due() == 2
    assert {(one.first_day, one.last_day) for one in Export.objects.all()} == {
        (date(2026, 10, 19), date(2026, 10, 25))
    }
    got = {mail.to[0]: mail for mail in mails()}
    assert set(got) == {alice.email, bob.email}
    export = Export.objects.get(owner=bob)
    body = str(got[bob.email].body)
    assert export.rows_written == 2
    assert f"/organize/exports/{export.public_id}/" in body
    assert "2 lignes" in body
    assert not got[bob.email].attachments
    _only_its_owner_may_open_it(client, export, alice)


def _only_its_owner_may_open_it(client: Client, export: Export, alice: User) -> None:
    """Say that the link is no key: it wants its owner, signed in, and on the team."""
    bob = export.owner
    page = f"/organize/exports/{export.public_id}/file/"
    assert "/accounts/login/" in client.get(page).headers["Location"]
    client.force_login(alice)
    assert client.get(page).status_code == 404
    client.force_login(bob)
    assert client.get(page).status_code == 200
    Membership.objects.filter(user=bob).delete()
    assert client.get(page).status_code == 404
    # Who left between the writing and the sending gets no mail either.
    assert [mail.to for mail in mails()] == [[alice.email]]


def test_what_an_outage_missed_is_made_once_and_nothing_says_so(
    clock: Clock, campaign: Campaign, alice: User
) -> None:
    clock.set(NOW)
    row = scheduled(campaign, alice, every=Every.DAY)
    clock.advance(days=9)
    assert schedules.run_due() == 1
    row.refresh_from_db()
    assert Export.objects.get().last_day == date(2026, 10, 31)
    assert row.next_due == datetime(2026, 11, 2, 7, tzinfo=UTC)
    # Two workers, or a clock that was set back, make no second one of the same days.
    ExportSchedule.objects.update(next_due=clock.now())
    assert schedules.run_due() == 0
    # An empty period is told of, too.
    jobs.write_due()
    (mail,) = mails()
    assert "aucune ligne" in str(mail.body)
    # Paused, it makes nothing, and goes on without making up for it.
    schedules.pause(row)
    clock.advance(days=5)
    assert schedules.run_due() == 0
    schedules.resume(row)
    assert schedules.run_due() == 0
    clock.advance(days=1)
    assert schedules.run_due() == 1
    # One that cannot be written is told of as that.
    Export.objects.filter(state=ExportState.QUEUED).update(columns=["no such column"])
    jobs.write_due()
    assert "n’a pas pu" in str(mails()[-1].body)
    ExportSchedule.objects.all().delete()
    assert not mails()
    assert Export.objects.count() == 2


def test_organizers_add_pause_and_remove_one_on_the_page_of_exports(
    client: Client, clock: Clock, campaign: Campaign, alice: User, bob: User
) -> None:
    clock.set(NOW)
    preset = ColumnPreset.objects.create(
        team=campaign.team, name="Sums", kind="donations", columns=["amount", "currency"]
    )
    client.force_login(alice)
    charlie = User.objects.create_user("charlie", "charlie@example.org")
    pages = f"/organize/campaigns/{campaign.public_id}/exports/"
    people = [str(alice.pk), str(bob.pk)]
    form = {**FORM, "preset": str(preset.public_id), "recipients": people}
    for wrong in ({"at": "25:00"}, {"recipients": []}, {"recipients": [str(charlie.pk)]}):
        answer = client.post(f"{pages}schedule/", {**form, **wrong})
        assert answer.status_code == 422
        assert f'id="id_{next(iter(wrong))}_error"' in answer.content.decode()
        assert "Europe/Paris" in answer.content.decode()
    assert client.post(f"{pages}schedule/", {**form, "kind": "journal"}).status_code == 422
    assert not ExportSchedule.objects.exists()
    assert client.post(f"{pages}schedule/", form).headers["Location"] == pages
    row = ExportSchedule.objects.get()
    assert (row.columns, row.at, row.created_by) == (["amount", "currency"], time(7, 30), alice)
    assert row.next_due == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert "bob@example.org" in client.get(pages).content.decode()
    one = f"/organize/exports/schedules/{row.public_id}/"
    assert client.post(f"{one}pause/").headers["Location"] == pages
    assert "paused" in client.get(pages).content.decode()
    client.post(f"{one}resume/")
    others_have_nothing_to_say(client, row, charlie, bob)
    client.force_login(alice)
    client.post(f"{one}remove/")
    assert not ExportSchedule.objects.exists()


def others_have_nothing_to_say(
    client: Client, row: ExportSchedule, charlie: User, bob: User
) -> None:
    """Another team's owner, and a viewer, pause and remove nothing."""
    one = f"/organize/exports/schedules/{row.public_id}/"
    Membership.objects.create(team=make_campaign().team, user=charlie, role=Role.OWNER)
    client.force_login(charlie)
    assert {client.post(f"{one}{what}/").status_code for what in ("pause", "remove")} == {404}
    client.force_login(bob)
    Membership.objects.filter(user=bob).update(role=Role.VIEWER)
    assert client.post(f"{one}remove/").status_code == 403
    row.refresh_from_db()
    assert row.paused_at is None


def test_a_schedule_of_one_workshop_exports_its_rows_alone(  # noqa: PLR0917 -- fixtures
    client: Client,
    clock: Clock,
    given_twice: list[Donation],
    sandbox: SandboxControl,
    campaign: Campaign,
    alice: User,
) -> None:
    other = make_workshop(campaign, title="How to bake", translations={"fr": {"title": "Le pain"}})
    gift = paid(other, sandbox)
    clock.set(NOW)
    Donation.objects.update(paid_at=NOW)
    client.force_login(alice)
    pages = f"/organize/campaigns/{campaign.public_id}/exports/"
    form = {**FORM, "every": "day", "recipients": [str(alice.pk)]}
    # Control: another campaign's is none of its choices.
    for wrong in (make_workshop(make_campaign(team=campaign.team)).pk, "x"):
        answer = client.post(f"{pages}schedule/", {**form, "workshop": wrong})
        assert answer.status_code == 422
        assert 'id="id_workshop_error"' in answer.content.decode()
    assert not ExportSchedule.objects.exists()
    for chosen in (other.pk, ""):  # and, as control, all of them
        assert client.post(f"{pages}schedule/", {**form, "workshop": chosen}).status_code == 302
    assert "How to bake · CSV" in client.get(pages).content.decode()
    clock.advance(days=1)
    assert schedules.run_due() == jobs.write_due() == 2
    of_one, of_all = Export.objects.order_by("schedule_id")
    assert (of_one.workshop, of_one.rows_written) == (other, 1)
    assert [row["donation"] for row in cells(jobs.path_of(of_one))] == [str(gift.public_id)]
    assert (of_all.workshop, of_all.rows_written) == (None, 3)
    assert ["Clean water · Le pain" in str(mail.body) for mail in mails()] == [True, False]
    # The database has none of a workshop without its campaign.
    with pytest.raises(IntegrityError, match="schedule_workshop_of_campaign"), atomic():
        ExportSchedule.objects.update(campaign=None, of_site=True)


def test_the_whole_site_is_exported_by_its_admins_alone(
    client: Client, clock: Clock, given_twice: list[Donation], sandbox: SandboxControl, alice: User
) -> None:
    paid(make_workshop(make_campaign(title="Another")), sandbox)
    admin = User.objects.create_superuser("root", "root@example.org")
    clock.set(NOW)
    row = scheduled(None, admin, alice, of_site=True, every=Every.DAY)  # type: ignore[arg-type]
    Donation.objects.update(paid_at=NOW)
    clock.advance(days=1)
    assert schedules.run_due() == 1
    one = jobs.write(Export.objects.get().pk)
    assert one is not None
    assert (one.owner, one.rows_written) == (admin, 3)
    client.force_login(admin)
    page = f"/organize/exports/{one.public_id}/"
    assert client.get(page).status_code == client.get(f"{page}file/").status_code == 200
    assert "root@example.org" in client.get("/organize/site/exports/").content.decode()
    User.objects.filter(pk=admin.pk).update(is_superuser=False)
    assert client.get(f"{page}file/").status_code == 404
    assert client.get("/organize/site/exports/").status_code == 404
    assert client.post(f"/organize/exports/schedules/{row.public_id}/remove/").status_code == 404
    assert not mails()
