"""What Celery's beat wakes up, and how often."""

from __future__ import annotations

from typing import Any, Final

#: Seconds between rounds. A round that waited longer than that is dropped: the next one does it.
BEAT_SCHEDULE: Final[dict[str, Any]] = {
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for task, seconds in {
        "events.send_due_messages": 10.0,
        "events.plan_messages": 30.0,
        "events.send_webhooks": 10.0,
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


def celery(key_prefix: str) -> dict[str, Any]:
    """Return Celery's settings beside its broker and the rounds. Whatever it forgets is in rows."""
    return {
        "CELERY_BROKER_TRANSPORT_OPTIONS": {
            "global_keyprefix": f"{key_prefix}:",
            "visibility_timeout": 300,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 2,
            "socket_timeout": 5,
            "socket_keepalive": True,
        },
        "CELERY_TASK_IGNORE_RESULT": True,
        "CELERY_TASK_ACKS_LATE": True,
        "CELERY_TASK_DEFAULT_QUEUE": "fundraiser",
        "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
        "CELERY_WORKER_HIJACK_ROOT_LOGGER": False,
        #: Celery itself would close a worker's connections after every task: fundraiser/celery.py.
        "CELERY_DB_REUSE_MAX": 1_000_000_000,
        "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
        "CELERY_TASK_TIME_LIMIT": 600,
    }
