"""The local mailbox keeps what is sent to it and shows it without trusting it."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

import httpx
import pytest

from fundraiser.local.mailbox import serve
from fundraiser.local.ports import HOST, free_port


class Mailbox:
    def __init__(self, directory):
        self.smtp_port, self.http_port = free_port(), free_port()
        self.directory = directory
        self.web = httpx.Client(base_url=f"http://{HOST}:{self.http_port}", trust_env=False)
        self.start()

    def start(self):
        self.stop = serve(
            smtp_port=self.smtp_port, http_port=self.http_port, directory=self.directory
        )

    def send(self, message, to="ada@example.org"):
        with smtplib.SMTP(HOST, self.smtp_port) as client:
            client.send_message(message, "sender@example.org", [to])

    def messages(self):
        return self.web.get("/api/messages").json()


@pytest.fixture
def mailbox(tmp_path):
    mailbox = Mailbox(tmp_path / "mail")
    yield mailbox
    mailbox.web.close()
    mailbox.stop()


def letter(subject="Bonjour à vous", text="Voilà : https://example.org/b/abc?x=1&y=2.", html=""):
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Fundraiser <hello@example.org>"
    message["To"] = "ada@example.org"
    message["Message-ID"] = "<one@example.org>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def test_a_mail_is_kept_with_its_parts(mailbox):
    message = letter(html="<html><head></head><p>Voilà</p></html>")
    message.add_attachment(
        b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="é.ics"
    )
    mailbox.send(message)
    (kept,) = mailbox.messages()
    assert kept["subject"] == "Bonjour à vous"
    assert kept["to"] == "ada@example.org"
    assert kept["message_id"] == "<one@example.org>"
    assert kept["text"].startswith("Voilà")
    assert [(file["name"], file["content_type"]) for file in kept["attachments"]] == [
        ("é.ics", "text/calendar")
    ]
    file = mailbox.web.get(kept["attachments"][0]["url"])
    assert file.content == b"BEGIN:VCALENDAR"
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%C3%A9.ics")


def test_mails_are_listed_newest_first_and_outlive_a_restart(mailbox):
    mailbox.send(letter(subject="first"))
    mailbox.send(letter(subject="second"))
    mailbox.stop()
    mailbox.start()
    assert [kept["subject"] for kept in mailbox.messages()] == ["second", "first"]
    page = mailbox.web.get("/").text
    assert page.index("second") < page.index("first")
    assert len(list(mailbox.directory.glob("*.eml"))) == 2


def test_blind_copies_show_who_really_got_it(mailbox):
    mailbox.send(letter(), to="hidden@example.org")
    assert mailbox.messages()[0]["to"] == "hidden@example.org"


def test_what_a_mail_says_is_never_markup_of_the_page(mailbox):
    evil = "<script>alert(1)</script>"
    mailbox.send(letter(subject=evil, text=evil, html=f"<p>{evil}</p>"))
    identifier = mailbox.messages()[0]["id"]
    for address in ("/", f"/messages/{identifier}"):
        page = mailbox.web.get(address)
        assert "<script" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    framed = mailbox.web.get(f"/messages/{identifier}/html")
    policy = framed.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy


def test_addresses_in_the_text_are_links_to_a_new_tab(mailbox):
    mailbox.send(letter())
    page = mailbox.web.get(f"/messages/{mailbox.messages()[0]['id']}").text
    link = '<a href="https://example.org/b/abc?x=1&amp;y=2" target="_blank" rel="noreferrer">'
    assert link in page


def test_all_can_be_deleted_but_not_by_another_site(mailbox):
    mailbox.send(letter())
    refused = mailbox.web.post("/delete", headers={"Origin": "https://evil.example"})
    assert refused.status_code == 404
    assert len(mailbox.messages()) == 1
    assert mailbox.web.post("/delete").status_code == 303
    assert mailbox.messages() == []
    mailbox.send(letter())
    assert mailbox.web.delete("/api/messages").status_code == 200
    assert mailbox.messages() == []


@pytest.mark.parametrize(
    "address", ["/messages/none", "/messages/../secrets.env", "/secrets.env", "/messages/1/html"]
)
def test_nothing_else_is_served(mailbox, address):
    assert mailbox.web.get(address).status_code == 404
