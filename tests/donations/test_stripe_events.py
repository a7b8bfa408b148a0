"""The event types that change a donation: one list, in the code, at Stripe and in the guide."""

from __future__ import annotations

import re
import subprocess
import sys

from donations.services import inbox
from donations.stripe_events import APPLIED_TYPES
from fundraiser.local.places import ROOT


def test_the_guide_tells_operators_to_subscribe_to_exactly_these() -> None:
    guide = (ROOT / "docs" / "going-live-with-stripe.md").read_text()
    [block] = re.findall(r"```\n((?:[a-z_]+\.[a-z_.]+\n)+)```", guide)
    assert tuple(block.split()) == APPLIED_TYPES


def test_the_inbox_applies_these() -> None:
    assert inbox.APPLIED_TYPES is APPLIED_TYPES


def test_the_list_can_be_read_without_django() -> None:
    code = "import donations.stripe_events, sys; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
