"""Mails on the wire say exactly what Python's own generator would have written."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.mail import BadHeaderError, EmailMultiAlternatives

from events.services.mails import letters
from events.services.mails.letters import Letter


def made(**values: Any) -> Letter:
    letter = Letter(
        **{
            "subject": "Demain à 19:00 : Ouvrir une boutique, et encore d’autres choses à lire",
            "body": "Bonjour Zoé,\n.\n..dots\n\nFrom the start\n你好\n",
            "to": ["zoé <dora@example.org>"],
            "reply_to": ["Alice O’Neil <alice@example.org>"],
            "headers": {
                "Message-ID": "<1@example.org>",
                "Date": "Mon, 23 Nov 2026 10:00:00 -0000",
                "List-Unsubscribe": f"<https://give.example.org/u/{'a' * 150}/>",
            },
            **values,
        }
    )
    letter.attach_alternative("<p>Zoé &amp; Co</p>\r\n<p>" + "long " * 300 + "</p>", "text/html")
    return letter


def read(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def told(raw: bytes) -> list[Any]:
    """Return all that a reader sees: headers, and each part's own with its content."""
    return [
        (
            [
                (name, " ".join(str(value).split()))
                for name, value in part.items()
                if name != "Content-Type"
            ],
            part.get_content_type(),
            None if part.is_multipart() else part.get_content(),
        )
        for part in read(raw).walk()
    ]


def by_the_generator(letter: Letter) -> bytes:
    raw: bytes = EmailMultiAlternatives.message(letter).as_bytes(linesep="\r\n")
    return raw


@pytest.mark.parametrize("with_file", [False, True])
def test_it_reads_the_same(*, with_file: bool) -> None:
    letter = made()
    if with_file:
        letter.attach("workshop.ics", "BEGIN:VCALENDAR\r\né\r\n", "text/calendar; method=REQUEST")
        letter.attach("receipt.pdf", b"%PDF\x00\xff", "application/pdf")
    raw = letter.message().as_bytes(linesep="\r\n")
    assert told(raw) == told(by_the_generator(letter))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_no_line_break_makes_a_new_header() -> None:
    with pytest.raises(BadHeaderError):
        made(subject="Hello\nBcc: evil@example.org").message()


def test_a_very_long_header_is_left_to_the_generator() -> None:
    letter = made(headers={"X-Long": "word " * 300})
    raw = letter.message().as_bytes(linesep="\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert read(raw)["X-Long"].split() == ["word"] * 300


def test_control_a_letter_that_loses_bytes_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = made()
    real = letters._lines
    monkeypatch.setattr(
        letters, "_lines", lambda part: (line.replace(b"\xc3\xa9", b"e") for line in real(part))
    )
    assert told(letter.message().as_bytes(linesep="\r\n")) != told(by_the_generator(letter))
