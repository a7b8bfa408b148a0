"""How the mails to attendees read and look, each kind in both languages."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.clock import Clock
from tests.support.mail_samples import all_mails

#: Where to keep pictures and texts to be looked at, e.g. MAIL_SHOTS=/tmp/mails.
_SHOTS = os.environ.get("MAIL_SHOTS")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_dump(db: None, clock: Clock, language: str) -> None:
    clock.set(datetime(2027, 3, 23, 18, 0, tzinfo=UTC))
    mails = all_mails(language)
    for name, mail in mails.items():
        if _SHOTS:
            Path(_SHOTS).mkdir(exist_ok=True)
            Path(_SHOTS, f"{name}.{language}.txt").write_text(
                f"Subject: {mail.subject}\n\n{mail.body}"
            )
            Path(_SHOTS, f"{name}.{language}.html").write_text(mail.alternatives[0][0])
