"""What Celery's beat wakes up, and how often."""

from __future__ import annotations

from typing import Any, Final

#: Seconds between rounds. A round that waited longer than that is dropped: the next one does it.
BEAT_SCHEDULE: Final[dict[str, Any]] = {
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for task, seconds in {
        "events.send_due_messages": 10.0,
        "events.plan_messages": 30.0,
        "donations.apply_pending_events": 10.0,
        "donations.sweep": 20.0,
        "donations.plan_notices": 60.0,
        "donations.run_cancellations": 30.0,
        "donations.reconcile": 600.0,
        # What drifts is to be red within five minutes: services/health/checks.py.
        "donations.check_invariants": 240.0,
        "donations.watch": 60.0,
        "donations.write_exports": 30.0,
        "donations.forget_strangers": 3600.0,
        "donations.log_erasures": 600.0,
        "donations.apply_retention": 3600.0,
        "donations.forget_clients": 3600.0,
        "donations.make_ledger_digests": 3600.0,
        "donations.remove_stray_files": 3600.0,
        "donations.make_backup": 3600.0,
    }.items()
}
