"""Transfers to the charity: recorded once, undone by a counter-entry; receipts as files."""

from __future__ import annotations

import io
import uuid
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from PIL import Image

from donations.models import LedgerEntry, Remittance
from donations.services import invariants
from donations.services.remitting import receipt_files
from events.models import Campaign, Workshop
from events.states import Destination
from fundraiser.core.money import Money
from tests.support.cast import make_campaign
from tests.support.story import Story, plain

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def organizer(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def path(campaign: Campaign) -> str:
    return f"/organize/campaigns/{campaign.public_id}/remittances/"


def send(client: Client, campaign: Campaign, amount: str, **typed: Any) -> Any:
    form = {
        "amount": amount,
        "sent_on": "2026-01-15",
        "method": "bank",
        "reference": "",
        "note": "",
        "nonce": str(uuid.uuid4()),
        **typed,
    }
    return client.post(path(campaign), form)


def picture(form: str = "JPEG") -> bytes:
    """A picture with a place in its EXIF and words beside it."""
    image = Image.new("RGB", (40, 20), "navy")
    exif = Image.Exif()
    exif[0x010E] = "taken at my kitchen table"
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()


def file(content: bytes, name: str = "receipt.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def kinds(campaign: Campaign) -> list[tuple[str, str, str, int]]:
    rows = LedgerEntry.objects.filter(campaign=campaign, donation=None).order_by("pk")
    return list(rows.values_list("kind", "credit", "debit", "amount_minor"))


HELD, SENT = "held_for_charity", "sent_to_charity"


def test_a_transfer_moves_ledger_total_and_page_at_once_and_only_once(
    organizer: Client, workshop: Workshop, story: Story
) -> None:
    campaign = workshop.campaign
    story.give(workshop, amount=5000)
    owed = story.total(campaign).owed
    nonce = str(uuid.uuid4())
    typed = {"nonce": nonce, "reference": "RF-1234", "note": "Thank you all"}
    for _click in range(2):
        answer = send(organizer, campaign, str(owed.major), **typed)
        assert answer.status_code == 302, answer.content.decode()
    row = Remittance.objects.get()
    assert answer["Location"] == f"/organize/remittances/{row.public_id}/"
    assert kinds(campaign) == [("remittance", HELD, SENT, owed.minor)]
    total = story.total(campaign)
    assert (total.sent, total.outstanding) == (owed, Money(0, "USD"))

    page = story.page(f"/c/{campaign.slug}/")
    assert f"<strong>{owed.format()}</strong> · sent on 15 January 2026" in page
    assert "Thank you all" in page
    assert "RF-1234" not in page
    lines = b"".join(story.client.get(f"/c/{campaign.slug}/entries.csv")).decode()
    line = f"2026-01-15T00:00:00Z,remittance,{HELD},{SENT},{owed.major},USD,{row.public_id}"
    assert line in lines
    assert not organizer.get(f"{path(campaign)}").content.decode().count("RF-1234")

    undo = f"/organize/remittances/{row.public_id}/undo/"
    assert organizer.post(undo, {"reason": ""}).status_code == 422
    for _click in range(2):
        assert organizer.post(undo, {"reason": "The bank sent it back"}).status_code == 302
    assert kinds(campaign)[1:] == [("remittance_returned", SENT, HELD, owed.minor)]
    assert story.total(campaign).outstanding == owed
    page = story.page(f"/c/{campaign.slug}/")
    assert "The bank sent it back" in page
    assert 'class="done">Sent' not in page


def test_more_than_outstanding_is_asked_about_and_nothing_typed_is_lost(
    organizer: Client, workshop: Workshop, story: Story
) -> None:
    campaign = workshop.campaign
    story.give(workshop, amount=5000)
    answer = send(organizer, campaign, "60", note="A round sum", receipt=file(PDF))
    page = plain(answer.content.decode())
    assert answer.status_code == 422
    assert "is still to send. If you did send more" in page
    assert "A round sum" in page
    assert not Remittance.objects.exists()
    assert kinds(campaign) == []
    kept = page.split('name="kept" value="')[1].split('"')[0]
    answer = send(organizer, campaign, "60", more_is_meant="on", kept=kept)
    assert answer.status_code == 302
    row = Remittance.objects.get()
    assert default_storage.open(row.receipt_name).read() == PDF
    assert story.total(campaign).outstanding.minor < 0
    # A name that was made up is nobody's file.
    send(organizer, campaign, "1", more_is_meant="on", kept=row.receipt_name)
    assert Remittance.objects.latest("pk").receipt_name == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "0"),
        ("amount", "-3"),
        ("amount", "many"),
        ("amount", ""),
        ("sent_on", "2999-01-01"),
        ("sent_on", "1999-01-01"),
        ("sent_on", "soon"),
        ("method", "pigeon"),
        ("note", "x" * 501),
        ("reference", "a\0b"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    organizer: Client, campaign: Campaign, field: str, value: str
) -> None:
    amount = value if field == "amount" else "1"
    typed = {"more_is_meant": "on", **({} if field == "amount" else {field: value})}
    answer = send(organizer, campaign, amount, **typed)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Remittance.objects.exists()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_loses_what_its_camera_wrote(form: str) -> None:
    content = picture(form)
    assert b"kitchen" in content  # the control
    cleaned = receipt_files.cleaned(content)
    assert b"kitchen" not in cleaned.content
    assert cleaned.is_picture
    with Image.open(io.BytesIO(cleaned.content)) as shown:
        assert (shown.format, shown.size) == (form, (40, 20))
        assert not shown.getexif()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown"),
        (b"<html><script>alert(1)</script>", "unknown"),
        (b"GIF89a", "unknown"),
        (b"%PDF-1.7 cut sh", "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken|unknown"),
        (PDF + b" " * receipt_files.LONGEST_FILE, "too_large"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, code: str) -> None:
    with pytest.raises(receipt_files.NoReceiptError) as refused:
        receipt_files.cleaned(content)
    assert refused.value.why in code.split("|")


def test_a_receipt_is_shown_to_everybody_only_once_that_was_ticked(
    organizer: Client, campaign: Campaign, client: Client, charlie: User
) -> None:
    jpeg = file(picture(), "kitchen.jpg")
    send(organizer, campaign, "1", more_is_meant="on", receipt=jpeg)
    row = Remittance.objects.get()
    assert "kitchen" not in row.receipt_name
    public, own = f"/transfers/{row.public_id}/receipt/", f"/organize/remittances/{row.public_id}/"
    assert client.get(public).status_code == 404
    assert organizer.get(f"{own}file/")["Content-Type"] == "image/jpeg"
    client.force_login(charlie)
    assert client.get(f"{own}file/").status_code == 404

    assert organizer.post(f"{own}receipt/", {"receipt_is_public": "on"}).status_code == 302
    shown = client.get(public)
    assert shown.status_code == 200
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown["Content-Disposition"].startswith("inline")

    before = row.receipt_name
    with transaction.atomic():
        wrong = organizer.post(f"{own}receipt/", {"receipt": file(b"no")})
    assert wrong.status_code == 422
    assert 'id="id_receipt_error"' in wrong.content.decode()
    organizer.post(f"{own}receipt/", {"receipt": file(PDF), "receipt_is_public": "on"})
    row.refresh_from_db()
    assert row.receipt_name != before
    assert client.get(public)["Content-Disposition"].startswith("attachment")
    organizer.post(f"{own}undo/", {"reason": "Recorded by mistake"})
    assert client.get(public).status_code == 404
    assert list(invariants.broken()) == []


def test_with_the_charitys_own_account_only_pledged_fees_are_sent(
    organizer: Client, workshop: Workshop, story: Story
) -> None:
    campaign = workshop.campaign
    story.give(workshop, amount=5000)
    Campaign.objects.filter(pk=campaign.pk).update(fees_paid_by_organizer=True)
    campaign.refresh_from_db()
    total = story.total(campaign)
    assert total.owed == Money(5000, "USD")
    page = story.page(f"/c/{campaign.slug}/")
    assert f"Payment fees, paid by Alice</th><td>{total.fees.format()}</td>" in page
    assert send(organizer, campaign, "50").status_code == 302
    total = story.total(campaign)
    assert total.outstanding == Money(0, "USD")
    assert total.raised == total.sent == Money(5000, "USD")

    for destination in (Destination.CHARITY, Destination.EXTERNAL):
        other = make_campaign(team=campaign.team, destination=destination, stripe_account="acct_1")
        assert "there is nothing to send" in organizer.get(path(other)).content.decode()
        assert send(organizer, other, "5", more_is_meant="on").status_code == 404


def test_viewers_and_strangers_record_nothing(
    campaign: Campaign, bob: User, charlie: User, organizer: Client
) -> None:
    send(organizer, campaign, "1", more_is_meant="on")
    row = Remittance.objects.get()
    for person, status in ((bob, 403), (charlie, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(path(campaign)).status_code == status
        assert send(client, campaign, "1", more_is_meant="on").status_code == status
        for more in ("undo", "ask", "receipt", "approve"):
            answer = client.post(f"/organize/remittances/{row.public_id}/{more}/")
            assert answer.status_code == status
    assert Remittance.objects.get().state == "recorded"


def test_invariants_see_a_transfer_without_its_entries(
    organizer: Client, campaign: Campaign
) -> None:
    send(organizer, campaign, "1", more_is_meant="on")
    assert list(invariants.broken()) == []
    Remittance.objects.create(
        campaign=campaign, amount_minor=1, currency="USD", sent_on=date(2026, 1, 1), method="bank"
    )
    promises = {one.promise for one in invariants.broken()}
    assert promises == {"every transfer has exactly its ledger rows"}


def test_the_database_refuses_what_cannot_be(organizer: Client, campaign: Campaign) -> None:
    send(organizer, campaign, "1", more_is_meant="on")
    for change in (
        "amount_minor = 0",
        "state = 'returned'",
        "return_reason = 'no'",
        "receipt_is_public = true",
        "method = 'pigeon'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE donations_remittance SET {change}")
