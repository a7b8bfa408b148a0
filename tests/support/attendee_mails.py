"""Reading the mails to attendees that the SMTP sink got, with what holds for all of them."""

from __future__ import annotations

import re
from email.message import EmailMessage

import vobject

from events.services.mails import sender
from tests.support.calendars import read_calendar
from tests.support.mail import SmtpSink
from tests.support.mail_samples import ROOM
from tests.support.story import body, calendar_of


def subject_of(mail: EmailMessage) -> str:
    return str(mail["Subject"]).strip()  # A header that was folded begins with a space.


def sent_by(sink: SmtpSink) -> dict[str, EmailMessage]:
    """Send what is due; return the mails by address, and prove what holds for each of them."""
    sender.send_due()
    mails = {str(mail["To"]): mail for mail in sink.messages}
    assert len(mails) == len(sink.messages)
    sink.clear()
    for mail in mails.values():
        whole = mail.as_string() + body(mail) + body(mail, "html")
        assert "secret-room" not in whole
        assert "secret-replay" not in whole
        assert mail["Reply-To"] == "alice@example.org"
    return mails


def event_of(mail: EmailMessage, method: str) -> vobject.base.Component:
    text = calendar_of(mail)
    calendar = read_calendar(text)
    assert calendar.method.value == method
    (part,) = [one for one in mail.iter_attachments() if one.get_content_type() == "text/calendar"]
    assert part.get_param("method") == method
    assert ROOM not in text.replace("\r\n ", "")
    assert "/b/" not in text.replace("\r\n ", "")
    return calendar.vevent


def link_of(mail: EmailMessage, kind: str = "j") -> str:
    """Return the one address of a kind in a mail's text: the HTML has it too."""
    (found,) = set(re.findall(rf"http://\S+/{kind}/\S+/", body(mail)))
    assert found in body(mail, "html")
    return found
