"""The same request eight times at once: its key lets it be done once, and answers all eight."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.services import api_tokens
from donations.services.api_tokens import SCOPES
from events.models import Campaign, Membership
from events.states import Role
from tests.support.cast import make_campaign
from tests.support.threads import together

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


def test_eight_at_once_make_one_campaign_and_get_one_answer() -> None:
    team = make_campaign().team
    alice = User.objects.create(username="alice@example.org")
    Membership.objects.create(team=team, user=alice, role=Role.OWNER)
    secret, _row = api_tokens.make(team=team, user=alice, name="Site", scopes=SCOPES, days=1)
    new = {"title": "Wells", "charity": {"name": "Wells"}, "currency": "EUR"}
    body = json.dumps({**new, "destination": "team"})

    def ask(**key: str) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {secret}", **key}
        answer = Client().post(
            "/api/v1/campaigns", body, content_type="application/json", headers=headers
        )
        return answer.status_code, answer.content

    answers = together(8, lambda: ask(**{"Idempotency-Key": "once"}))

    assert {status for status, _content in answers} == {201}
    assert len(set(answers)) == 1
    assert Campaign.objects.filter(title="Wells").count() == 1

    # Negative control: without a key each of them makes one.
    assert len(set(together(3, ask))) == 3
    assert Campaign.objects.filter(title="Wells").count() == 4
