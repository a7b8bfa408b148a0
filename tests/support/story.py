"""A visitor's story through Django's client, the real sandbox and the real SMTP sink."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services import inbox, invariants, sweeper, totals
from donations.services.parameters import token
from donations.services.totals import Totals
from events.models import Campaign, Workshop
from events.services.mails import sender
from tests.support.cast import deliver_all, give_form
from tests.support.mail import SmtpSink
from tests.support.sandbox import SandboxControl


@dataclass
class Story:
    """What a visitor, Stripe's webhooks and the mail sender do, each as one verb."""

    client: Client
    sandbox: SandboxControl
    sink: SmtpSink

    def post(self, workshop: Workshop | Campaign, *, language: str = "en", **typed: Any) -> Any:
        """Send the give form of a workshop, or of a campaign (a gift without a workshop)."""
        return self.client.post(
            address(workshop), give_form(**typed), headers={"Accept-Language": language}
        )

    def register(self, workshop: Workshop | Campaign, **typed: Any) -> Donation:
        """Send the form; return the donation whose page at Stripe it led to."""
        answer = self.post(workshop, **typed)
        assert answer.status_code == 302, answer.content.decode()[:3000]
        return Donation.objects.get(session_url=answer["Location"])

    def pay(self, donation: Donation, **how: Any) -> Donation:
        """Pay on Stripe's page; its webhooks come and are applied."""
        self.sandbox.pay(donation.session_id, **how)
        return self.webhooks(donation)

    def give(self, workshop: Workshop | Campaign, **typed: Any) -> Donation:
        """Register and pay by card."""
        return self.pay(self.register(workshop, **typed))

    def webhooks(self, donation: Donation) -> Donation:
        """Deliver what Stripe has to tell, apply it, and return the donation as it stands."""
        pending = self.sandbox.deliveries()
        assert set(deliver_all(self.client, pending)) <= {200}
        for delivery in pending:
            self.sandbox.drop(delivery["event"])
        inbox.apply_pending(gateway=for_workers())
        donation.refresh_from_db()
        return donation

    def sweep(self, donation: Donation) -> Donation:
        """Let the sweeper run once; return the donation as it stands."""
        sweeper.sweep(gateway=for_workers())
        donation.refresh_from_db()
        return donation

    def mails(self) -> list[EmailMessage]:
        """Send what is due; return the mails that arrived since the last call."""
        sender.send_due()
        arrived = list(self.sink.messages)
        self.sink.clear()
        return arrived

    def page(self, path: str, *, language: str = "en", status: int = 200) -> str:
        """Open a page; return its HTML, with spaces that do not break as plain ones."""
        caches["pages"].clear()
        answer = self.client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == status, answer.content.decode()[:3000]
        return plain(answer.content.decode())

    def returned(self, donation: Donation, **options: Any) -> str:
        """Open the page to which Stripe sends the visitor back."""
        return self.page(f"/checkout/{token(donation)}/", **options)

    def total(self, campaign: Campaign) -> Totals:
        return totals.of_campaign(campaign)


def address(place: Workshop | Campaign) -> str:
    """Return the path of a workshop, or of the page to give to a campaign without one."""
    if isinstance(place, Workshop):
        return f"/c/{place.campaign.slug}/{place.slug}/"
    return f"/c/{place.slug}/give/"


def plain(text: str) -> str:
    """Return a text with plain spaces in place of those that do not break."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def body(mail: EmailMessage, kind: str = "plain") -> str:
    """Return a mail's text or HTML, with plain spaces."""
    part = mail.get_body((kind,))
    assert part is not None
    return plain(part.get_content())


def calendar_of(mail: EmailMessage) -> str:
    """Return the text of the calendar file in a mail."""
    (file,) = [one for one in mail.iter_attachments() if one.get_content_type() == "text/calendar"]
    content = file.get_content()
    return content.decode() if isinstance(content, bytes) else content


@pytest.fixture
def story(
    client: Client, db: None, sandbox: SandboxControl, smtp_sink: SmtpSink
) -> Iterator[Story]:
    """The story's verbs; at its end every invariant holds."""
    caches["pages"].clear()
    yield Story(client, sandbox, smtp_sink)
    assert list(invariants.broken()) == []
