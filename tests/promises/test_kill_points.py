"""Every declared kill point is tried; one that nobody reaches fails the suite."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fundraiser.core.failpoints import DECLARED
from fundraiser.local.places import ROOT
from tests.flows import test_refund_run as refunds
from tests.flows import test_webhooks_killed as webhooks
from tests.promises import test_p12_line as line
from tests.promises import test_p16_killed_anywhere as intake_checkout_apply
from tests.promises import test_p23_sender_killed as sender
from tests.promises import test_p32_backup_drill as backups

#: Each of these tests asserts that a process really died at its point.
TRIED = (
    *intake_checkout_apply.POINTS,
    *line.POINTS,
    *refunds.POINTS,
    *sender.POINTS,
    *webhooks.POINTS,
    *backups.POINTS,
)
_CALL = re.compile(r"\breached\(\s*\"([^\"]+)\"")


def untried(declared: Iterable[str], tried: Iterable[str]) -> set[str]:
    """Return the declared points that no test kills at."""
    return set(declared) - set(tried)


def test_each_declared_point_is_killed_at() -> None:
    assert untried(DECLARED, TRIED) == set()
    assert untried(TRIED, DECLARED) == set()


def test_each_point_in_the_sources_is_declared_and_each_declared_one_is_there() -> None:
    sources = [file for name in ("donations", "events") for file in (ROOT / name).rglob("*.py")]
    called = {name for file in sources for name in _CALL.findall(file.read_text())}
    assert called == set(DECLARED)


def test_control_a_declared_point_without_a_test_is_seen() -> None:
    assert untried([*DECLARED, "planner:planned"], TRIED) == {"planner:planned"}
