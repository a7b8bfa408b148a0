"""What a giver hides is absent from everything that others can see."""

from __future__ import annotations

import pytest

from events.models import Workshop
from tests.support.cast import make_campaign, make_workshop
from tests.support.story import Story, address

_NAME = "Philomena Quuxbury"
_EMAIL = "philomena@quuxbury.example"


def _public_texts(story: Story, workshop: Workshop) -> dict[str, str]:
    """Return everything that anybody can open, in both languages."""
    campaign = workshop.campaign
    paths = [
        "/",
        f"/c/{campaign.slug}/",
        f"/c/{campaign.slug}/total/",
        f"/c/{campaign.slug}/give/",
        address(workshop),
    ]
    texts = {
        f"{path} {language}": story.page(path, language=language)
        for path in paths
        for language in ("en", "fr")
    }
    csv = story.client.get(f"/c/{campaign.slug}/entries.csv")
    texts["csv"] = b"".join(csv.streaming_content).decode()
    return texts


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop(make_campaign())


def test_a_shown_gift_is_found_by_the_same_search(story: Story, workshop: Workshop) -> None:
    """The control of the tests below: without hiding, what they look for is there."""
    story.give(workshop, name=_NAME, email=_EMAIL, amount="other", other_amount="37.77")
    story.give(workshop, name="Other", email="o@example.org")
    texts = _public_texts(story, workshop)
    assert sum(_NAME in text for text in texts.values()) == 4
    assert sum("37.77" in text or "37,77" in text for text in texts.values()) == 5
    assert not [path for path, text in texts.items() if _EMAIL in text]


def test_a_hidden_name_is_nowhere(story: Story, workshop: Workshop) -> None:
    story.give(workshop, name=_NAME, email=_EMAIL, hide_name="on", message="From the heart")
    other = story.give(workshop, name="Other", email="o@example.org")
    for path, text in _public_texts(story, workshop).items():
        assert "Philomena" not in text, path
        assert "Quuxbury" not in text, path
        assert "quuxbury" not in text, path
    assert "From the heart" in story.page(f"/c/{workshop.campaign.slug}/")
    mails = story.mails()
    assert len(mails) == 2
    for mail in mails:
        if mail["To"] != _EMAIL:
            assert "Philomena" not in mail.as_string()
    assert "Philomena" not in story.returned(other)


def test_a_hidden_amount_is_nowhere(story: Story, workshop: Workshop) -> None:
    hidden = {"hide_amount": "on", "amount": "other"}
    story.give(workshop, name=_NAME, email="a@example.org", other_amount="37.77", **hidden)
    story.give(workshop, name="Second", email="b@example.org", other_amount="41.13", **hidden)
    story.give(workshop, name="Other", email="c@example.org")
    texts = _public_texts(story, workshop)
    for path, text in texts.items():
        for amount in ("37.77", "37,77", "3777", "41.13", "41,13", "4113"):
            assert amount not in text, path
    assert _NAME in texts[f"/c/{workshop.campaign.slug}/ en"]
    assert "78.90" in texts["csv"], "the sums can still be checked"
