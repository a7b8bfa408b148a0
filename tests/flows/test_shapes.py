"""Mails of one batch are rendered together and are the same, letter by letter, as one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from donations.services.mails import attendee_emails
from events.models import Message, Workshop
from events.services.mails import batches, claims, planner, sender, shapes
from tests.support.cast import make_campaign, make_workshop
from tests.support.clock import Clock
from tests.support.mail import SmtpSink
from tests.support.outbox import seat

#: Names that mean something to HTML, to templates, and to the marks themselves.
NAMES = (
    "Dora",
    "",
    "<b>Zoé & Co</b>",
    "{{ link }}",
    "\x02link\x03",
    "O’Neil \"the\" 'one'",
    "你好",
)


@pytest.fixture
def workshop(db: None, clock: Clock) -> Workshop:
    workshop = make_workshop(make_campaign(), capacity=None, reminder_minutes=[60])
    for name in NAMES:
        for language in ("en", "fr"):
            for zone in ("Europe/Paris", "Asia/Tokyo", ""):
                seat(workshop, 1, name=name, language=language, time_zone=zone)
    clock.set(workshop.starts_at - timedelta(minutes=60))
    planner.plan()
    return workshop


def parts(message: Message) -> tuple[Any, ...]:
    """Return all that a reader sees of a reminder."""
    mail = attendee_emails.reminder(message)
    assert mail is not None
    html = mail.alternatives[0]
    return mail.subject, mail.body, html.content, mail.to, mail.extra_headers


def test_rendered_together_each_is_as_if_rendered_alone(workshop: Workshop) -> None:
    messages = claims.take(1000)
    assert len(messages) == len(NAMES) * 6
    alone = [parts(one) for one in messages]
    with batches.batch():
        together = [parts(one) for one in messages]
    assert together == alone
    assert len({one[2] for one in together}) == len(messages)  # each has links of its own


def test_nobodys_link_stands_in_anothers_mail(workshop: Workshop, smtp_sink: SmtpSink) -> None:
    sender.send_due()
    links = [str(mail["List-Unsubscribe"]).strip(" <>") for mail in smtp_sink.messages]
    assert len(set(links)) == len(NAMES) * 6
    for mail, own in zip(smtp_sink.messages, links, strict=True):
        text = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert [link for link in links if link in text] == [own]


def test_a_batch_of_one_workshop_costs_few_queries(
    workshop: Workshop, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "FRESH", 3600.0)  # on a slow machine a batch is read again

    def queries(limit: int) -> int:
        for cache in caches.all():  # what is kept for seconds is cold for both, however slow
            cache.clear()
        with CaptureQueriesContext(connection) as made:
            sender.send_due(limit=limit)
        return len(made)

    sender.send_due(limit=1)
    few, many = queries(5), queries(25)
    assert many - few == 20  # one mark a mail, and nothing else


def test_control_a_shape_that_does_not_tell_zones_apart_is_seen(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shapes.rendered

    def careless(render: Any, context: Any, *, personal: Any, alike: Any) -> shapes.Parts:
        return real(render, context, personal=personal, alike="all the same")

    messages = claims.take(1000)
    alone = [parts(one) for one in messages]
    monkeypatch.setattr(shapes, "rendered", careless)
    with batches.batch():
        assert [parts(one) for one in messages] != alone
