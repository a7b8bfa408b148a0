"""Named points at which a test may end the process, to prove that nothing is lost there.

``FAILPOINT=name:kill`` in the environment ends the process by SIGKILL when ``reached(name)`` runs;
without it every point is a dictionary look-up. A declared point that no test reaches fails the
suite (PROMISES.md), so each name stands in ``DECLARED``.
"""

from __future__ import annotations

import os
import signal
from typing import Final

DECLARED: Final = (
    "intake:verified",
    "intake:stored",
    "intake:committed",
    "checkout:held",
    "checkout:session_created",
    "checkout:opened",
    "apply:fetched",
    "apply:locked",
    "apply:posted",
    "apply:advanced",
    "apply:committed",
    "planner:inserted",
    "planner:committed",
    "offer:taken",
    "offer:committed",
    "refund:begun",
    "refund:asked",
    "refund:settled",
    "sender:claimed",
    "sender:rendered",
    "sender:sent",
    "sender:marked",
    "webhook:sent",
    "backup:written",
    "backup:checked",
    "backup:named",
    "restore:loaded",
)

_ARMED = os.environ.get("FAILPOINT", "")


def reached(name: str) -> None:
    """End this process at once if it was told to die at ``name`` (one of ``DECLARED``)."""
    if f"{name}:kill" == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
