"""Every kind of mail that a team writes or gets, made of rows as each kind wants them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from donations.models import Alarm, Donation, Export, ExportSchedule
from events.models import (
    Announcement,
    Host,
    Invitation,
    Invitee,
    ListInvitation,
    Membership,
    Message,
    Team,
    WebhookEndpoint,
    Workshop,
)
from events.states import Role
from fundraiser.core import clock
from fundraiser.mail_kinds import MAIL_KINDS
from tests.support.mail_samples import book, pay, sample_workshop
from tests.support.remittance_samples import remittance_mails


def _made(kind: str, workshop: Workshop | None = None, **ids: int | str) -> EmailMultiAlternatives:
    message = Message(
        key=uuid.uuid4().hex, kind=kind, workshop=workshop, ids=ids, created_at=clock.now()
    )
    renderer: Callable[[Message], EmailMultiAlternatives | None]
    renderer = import_string(MAIL_KINDS[kind].renderer)
    mail = renderer(message)
    assert mail is not None, kind
    return mail


def _member(workshop: Workshop, role: Role, language: str) -> Membership:
    email = f"{uuid.uuid4().hex[:8]}@example.org"
    user = User.objects.create_user(email, email)
    team = workshop.campaign.team
    return Membership.objects.create(team=team, user=user, role=role, language=language)


def team_mails(language: str) -> dict[str, EmailMultiAlternatives]:
    """Return one mail of each kind and situation, by a name for it."""
    workshop = sample_workshop(starts_at=clock.now() + timedelta(hours=24))
    person = book(workshop, language=language).registrations.get()
    donation = pay(person.booking)
    Donation.objects.filter(pk=donation.pk).update(
        message="Go on!", hide_name=True, paid_at=clock.now() - timedelta(hours=12)
    )
    type(person.booking).objects.update(confirmed_at=clock.now() - timedelta(hours=12))
    Message.objects.create(key="stuck", kind="refund", workshop=workshop, state="set_aside")
    owner, viewer = (_member(workshop, role, language) for role in (Role.OWNER, Role.VIEWER))
    host = Host.objects.create(
        workshop=workshop, name="Ann", email="ann@example.org", language=language
    )
    return {
        "host_link": _made("host_link", workshop, host=host.pk),
        "host_reminder": _made("host_reminder", workshop, host=host.pk, minutes=1440),
        "new_gift": _made("new_gift", donation=donation.pk, membership=owner.pk),
        "new_gift_hidden": _made("new_gift", donation=donation.pk, membership=viewer.pk),
        "attention": _made(
            "attention",
            membership=owner.pk,
            item="mails_stuck",
            reference=f"{workshop.pk}-{clock.now():%Y%m%d}",
        ),
        "digest": _made("digest", membership=owner.pk, day=f"{clock.now():%Y-%m-%d}"),
        "webhook_stopped": _webhook_stopped(owner, because="failing"),
        "webhook_gone": _webhook_stopped(owner, because="gone"),
        "list_invitation": _list_invitation(workshop, language),
        "list_invitation_campaign": _list_invitation(workshop, language, workshop=None),
        "invitation": _invitation(workshop, owner, language),
        "scheduled_export": _export(workshop, owner, language),
        "scheduled_export_empty": _export(workshop, owner, language, rows_written=0),
        "scheduled_export_failed": _export(workshop, owner, language, state="failed"),
        "alarm": _alarm(language, ended_at=None),
        "alarm_over": _alarm(language, ended_at=clock.now()),
        "announcement": _announcement(workshop, person.pk, language),
        **remittance_mails(donation, owner, language),
    }


def _webhook_stopped(owner: Membership, *, because: str) -> EmailMultiAlternatives:
    endpoint = WebhookEndpoint.objects.create(
        team=owner.team,
        url="https://example.org/hooks",
        stopped_at=clock.now(),
        stopped_because=because,
    )
    return _made("webhook_stopped", endpoint=endpoint.pk, membership=owner.pk)


def _list_invitation(
    shop: Workshop, language: str, **values: Workshop | None
) -> EmailMultiAlternatives:
    email = f"{uuid.uuid4().hex[:8]}@example.org"
    invitee = Invitee.objects.create(
        team=shop.campaign.team, fingerprint=email, email=email, name="Dora"
    )
    made = ListInvitation.objects.create(
        **{
            "invitee": invitee,
            "campaign": shop.campaign,
            "workshop": shop,
            "language": language,
            "words": {"en": "It was a joy last time.", "fr": "C’était une joie."}[language],
            **values,
        }
    )
    return _made("list_invitation", made.workshop, list_invitation=made.pk)


def _export(
    workshop: Workshop, owner: Membership, language: str, **values: int | str
) -> EmailMultiAlternatives:
    about: dict[str, Any] = {
        "campaign": workshop.campaign,
        "kind": "payouts",
        "format": "csv",
        "time_zone": "Europe/Paris",
    }
    schedule = ExportSchedule.objects.create(
        **about, every="month", at=time(8), language=language, next_due=clock.now()
    )
    defaults: dict[str, Any] = {"state": "done", "rows_written": 1234, "file": uuid.uuid4().hex}
    made = Export.objects.create(
        **{**about, **defaults, **values},
        owner=owner.user,
        schedule=schedule,
        first_day=date(2027, 2, 1),
        last_day=date(2027, 2, 28),
        expires_at=clock.now() + timedelta(days=3),
    )
    return _made("scheduled_export", export=made.pk)


def _alarm(language: str, *, ended_at: datetime | None) -> EmailMultiAlternatives:
    email = f"{uuid.uuid4().hex[:8]}@example.org"
    admin = User.objects.create_superuser(email, email)
    team = Team.objects.create(name="Admins", slug=uuid.uuid4().hex[:8])
    Membership.objects.create(team=team, user=admin, role=Role.OWNER, language=language)
    row = Alarm.objects.create(check_name="unsent_mail_age", ended_at=ended_at)
    return _made("alarm", alarm=row.pk, user=admin.pk, over=int(ended_at is not None))


def _invitation(workshop: Workshop, owner: Membership, language: str) -> EmailMultiAlternatives:
    invited = Invitation.objects.create(
        team=workshop.campaign.team,
        email="zoe@example.org",
        role=Role.ORGANIZER,
        language=language,
        invited_by=owner.user,
        expires_at=clock.now() + timedelta(days=14),
    )
    return _made("invitation", invitation=invited.pk, version=1)


def _announcement(workshop: Workshop, person: int, language: str) -> EmailMultiAlternatives:
    words = {
        "en": ("Bring a pen", "Hello {name},\n\nbring a **pen** to [the room]({link})."),
        "fr": ("Un stylo", "Bonjour {name},\n\nprenez un **stylo** : [la salle]({link})."),
    }[language]
    written = Announcement.objects.create(workshop=workshop, subject=words[0], body=words[1])
    row = workshop.bookings.get().registrations.get(pk=person)
    message = Message(
        key=uuid.uuid4().hex,
        kind="announcement",
        booking=row.booking,
        registration=row,
        workshop=workshop,
        ids={"announcement": written.pk},
        created_at=clock.now(),
    )
    mail: EmailMultiAlternatives = import_string(MAIL_KINDS["announcement"].renderer)(message)
    return mail
