"""Forms that wait for a mailed link: what is kept of them, and whose they are."""

from __future__ import annotations

import pytest

from donations.models import KeptForm
from donations.services.abuse import kept_forms, puzzles
from events.models import Campaign
from tests.support.cast import give_form
from tests.support.story import Story


def test_a_kept_form_holds_what_the_form_asks_for_and_is_its_own_givers(
    campaign: Campaign, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puzzles, "is_asked", lambda campaign: True)
    form = {**give_form(email="joann@example.org"), "by_mail": "yes"}
    more = {"odd": "\x00", "long": "x" * 6000, "n" * 200: "y"}
    answer = story.client.post(f"/c/{campaign.slug}/give/", {**form, **more})
    assert answer.status_code == 200
    kept = KeptForm.objects.get()
    assert not {"odd", "long", "n" * 200} & set(kept.fields)
    assert kept_forms.of_address("JOANN@example.org") == [kept]
    assert kept_forms.of_address("ann@example.org") == [], "a part of another address"
    kept_forms.forget_address("ann@example.org")
    assert KeptForm.objects.exists()
