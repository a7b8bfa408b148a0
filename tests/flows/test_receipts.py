"""Receipts and statements as tagged PDF: what stands in them, and that anybody can read it."""

from __future__ import annotations

import pytest

from donations.models import Donation
from donations.services.links import gift_link
from donations.services.papers import receipts
from events.models import Campaign, Workshop
from events.services import access
from fundraiser.core import clock
from tests.support import papers
from tests.support.cast import make_campaign, make_workshop
from tests.support.papers import Paper
from tests.support.story import Story, body


def _paper(story: Story, path: str, language: str = "en") -> Paper:
    answer = story.client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    return papers.read(answer.content)


def _receipt(story: Story, donation: Donation, language: str = "en") -> Paper:
    return _paper(story, f"/g/{gift_link(donation)}/receipt.pdf", language)


def _in_order(text: str, *parts: str) -> None:
    found = [text.find(part) for part in parts]
    assert -1 not in found, dict(zip(parts, found, strict=True))
    assert found == sorted(found), dict(zip(parts, found, strict=True))


@pytest.fixture
def campaign(db: None) -> Campaign:
    return make_campaign(charity_country="US", charity_registration="EIN 22-3936753")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_receipt_is_a_tagged_pdf_with_language_title_and_order(
    story: Story, campaign: Campaign, language: str
) -> None:
    donation = story.give(campaign)
    paper = _receipt(story, donation, language)
    number = receipts.number(donation)
    assert (paper.marked, paper.shows_title, paper.claims_ua) == (True, True, True)
    assert (paper.language, paper.pages, paper.fonts_embedded) == (language, 1, True)
    assert number in paper.title
    assert [tag for tag in paper.tags if tag in {"Title", "H1", "L", "Table", "TH"}] == [
        "Title",
        "L",
        "H1",
        "Table",
        "TH",
        "TH",
    ]
    assert paper.tags.count("LI") == 5
    words = {
        "en": ("Payment confirmation", "Dora", "charity: water", "22-3936753", "United States"),
        "fr": ("Confirmation de paiement", "Dora", "charity: water", "22-3936753", "États-Unis"),
    }
    _in_order(paper.text, *words[language])
    amount = {"en": "$20.00", "fr": "20,00 $US"}[language]
    assert amount in paper.text


def test_a_receipt_tells_fee_refund_and_what_is_left(story: Story, campaign: Campaign) -> None:
    donation = story.give(campaign)
    fee = receipts.exact_fee(donation)
    assert fee is not None
    story.sandbox.refund(charge=donation.charge_id, amount=500)
    story.webhooks(donation)
    text = _receipt(story, donation).text
    _in_order(text, "$20.00", fee.format("en"), "− $5.00", "What is left of it", "$15.00")
    assert "This is a payment confirmation, not a tax receipt." in text
    assert "in return" not in text


def test_benefit_and_taxes_stand_only_where_they_are_set(story: Story) -> None:
    wording = {"en": "Deductible within the law.", "fr": "Déductible selon la loi."}
    campaign = make_campaign(receipt_tax_wording=wording, receipt_tax_country="FR")
    workshop = make_workshop(campaign, benefit_minor=500)
    donation = story.give(workshop)
    text = _receipt(story, donation).text
    _in_order(text, "worth $5.00", "beyond that is $15.00", "Taxes (France)", wording["en"])
    assert "not a tax receipt" not in text
    assert wording["fr"] in _receipt(story, donation, "fr").text
    (mail,) = story.mails()
    assert "tax receipt" not in body(mail) + body(mail, "html")
    assert "tax receipt" not in story.page(f"/g/{gift_link(donation)}/")
    assert donation.booking is not None
    story.client.post(f"/b/{access.booking_link(donation.booking)}/cancel/")
    assert "worth" not in _receipt(story, donation).text  # No seat, nothing in return.


@pytest.mark.parametrize(
    "name",
    ["Dora #panic() $x$ *b* @ref <l> `c` \\u", 'Zoë "d’Arc" & fils', "Łukasz Żółć", "Ιωάννα"],
)
def test_a_name_is_shown_as_it_stands_and_never_as_code(
    story: Story, campaign: Campaign, name: str
) -> None:
    paper = _receipt(story, story.give(campaign, name=name))
    assert name in paper.text
    assert paper.claims_ua


def test_a_name_that_no_font_draws_still_makes_a_tagged_paper(
    story: Story, campaign: Campaign
) -> None:
    paper = _receipt(story, story.give(campaign, name="ᠮᠣᠩᠭᠣᠯ 王小明"))
    assert (paper.marked, paper.language) == (True, "en")
    assert "Table" in paper.tags


def test_the_receipt_is_mailed_on_request_once_in_ten_minutes(
    story: Story, workshop: Workshop
) -> None:
    donation = story.give(workshop)
    story.mails()
    assert donation.booking is not None
    own = f"/b/{access.booking_link(donation.booking)}/"
    for _ in range(2):
        answer = story.client.post(f"{own}receipt/{donation.public_id}/mail/")
        assert answer["Location"] == own
    assert "on its way to dora@example.org" in story.page(own)
    (mail,) = story.mails()
    assert mail["List-Unsubscribe"] is None
    assert receipts.number(donation) in mail["Subject"]
    assert "not a tax receipt" in body(mail)
    (file,) = mail.iter_attachments()
    assert file.get_content_type() == "application/pdf"
    assert papers.read(file.get_content()).title.endswith(receipts.number(donation))


def test_only_ones_own_paid_donation_has_a_receipt(story: Story, workshop: Workshop) -> None:
    mine, theirs = story.give(workshop), story.give(workshop, email="victor@example.org")
    unpaid = story.register(workshop, email="zoe@example.org")
    assert mine.booking is not None
    assert unpaid.booking is not None
    own = f"/b/{access.booking_link(mine.booking)}/receipt"
    assert story.client.get(f"{own}/{mine.public_id}.pdf").status_code == 200
    assert story.client.get(f"{own}/{theirs.public_id}.pdf").status_code == 404
    assert story.client.post(f"{own}/{theirs.public_id}/mail/").status_code == 404
    zoes = f"/b/{access.booking_link(unpaid.booking)}/receipt/{unpaid.public_id}.pdf"
    assert story.client.get(zoes).status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_statement_is_a_tagged_pdf_with_every_gift_of_its_year(
    story: Story, campaign: Campaign, language: str
) -> None:
    from events.models import Person

    given = [story.give(campaign, amount="1000") for _ in range(30)]
    person = Person.objects.create(email="dora@example.org")
    path = f"/p/{access.person_link(person)}/{clock.now().year}/USD.pdf"
    paper = _paper(story, path, language)
    assert (paper.marked, paper.claims_ua, paper.language) == (True, True, language)
    assert paper.pages > 1
    assert paper.tags.count("Table") == 1
    assert paper.tags.count("TH") == 5
    assert paper.tags.count("TR") == 32
    assert all(receipts.number(one) in paper.text for one in given)
    assert {"en": "$300.00", "fr": "300,00 $US"}[language] in paper.text


def test_control_a_pdf_without_tags_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    made = typst.compile(b"Hello", format="pdf", pdf_tags=False)
    assert isinstance(made, bytes)
    paper = papers.read(made)
    assert (paper.marked, paper.tags, paper.claims_ua) == (False, [], False)
