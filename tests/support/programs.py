"""A program of a team: it comes with a token, as one outside does."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from donations.services import api_tokens
from donations.services.api_tokens import SCOPES
from events.models import Team


class Program:
    """A program that comes with a token."""

    def __init__(self, user: User, team: Team, scopes: Any = SCOPES) -> None:
        self.secret, self.row = api_tokens.make(
            team=team, user=user, name="Program", scopes=scopes, days=30
        )

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {} if body is None else {"data": json.dumps(body)}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client().generic(
            method,
            path,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}", **named},
            **sent,
        )

    def get(self, path: str) -> Any:
        return self.call("GET", path)


def is_problem(answer: Any, status: int, code: str) -> bool:
    told = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    assert told["status"] == answer.status_code
    return (answer.status_code, told["code"]) == (status, code)
