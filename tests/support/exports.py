"""Gifts to export, and files read back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from donations.gateway.stripe import for_visitors, for_workers
from donations.models import Donation
from donations.services import settlement
from events.models import Workshop
from fundraiser.core.csv import read_cell
from tests.support.cast import make_gift, start
from tests.support.sandbox import SandboxControl

HOSTILE = '=HYPERLINK("http://x";"é")'


def paid(workshop: Workshop, sandbox: SandboxControl, minor: int = 2000, **payer: Any) -> Donation:
    donation = start(
        workshop, make_gift(minor, currency=workshop.campaign.currency, **payer), for_visitors()
    )
    sandbox.pay(donation.session_id)
    return settlement.apply(donation.pk, gateway=for_workers())


@pytest.fixture
def given_twice(workshop: Workshop, sandbox: SandboxControl) -> list[Donation]:
    """Two gifts, one of them by somebody whose name is a formula."""
    return [paid(workshop, sandbox, 2050, name=HOSTILE), paid(workshop, sandbox, 1000)]


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{k: read_cell(v) for k, v in row.items()} for row in csv.DictReader(file)]


def export(tmp_path: Path, what: str, form: str = "csv", **options: Any) -> Path:
    path = tmp_path / f"{what}.{form}"
    call_command("export", what, output=path, stdout=io.StringIO(), **options)
    return path
