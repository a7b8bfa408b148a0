"""gunicorn's settings (read by gunicorn itself: the names are its own)."""

from __future__ import annotations

import os
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from fundraiser import log_settings
from fundraiser.core.logs import WithoutRequests


class CleanLogger(Logger):  # type: ignore[misc]
    """gunicorn's own lines, in the form of all others and without who asked for what."""

    def setup(self, cfg: Any) -> None:
        """Put our form in the place of gunicorn's."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(log_settings.formatter(os.environ.get("LOG_FORMAT") or "line"))
            handler.addFilter(WithoutRequests())


bind = os.environ.get("WEB_BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 8)
backlog = 2048
timeout = 30
graceful_timeout = 10
keepalive = 5
#: A worker is renewed now and then, not all at the same moment.
max_requests = 20_000
max_requests_jitter = 2_000
#: Heartbeat files in memory: a slow disk must not look like a hanging worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112
control_socket_disable = True
#: The address of each request would be a log of personal data and of signed links: errors only.
accesslog = None
errorlog = "-"
logger_class = CleanLogger
proc_name = "fundraiser-web"


#: Loaded once, before the workers are forked: a renewed one is there at once, and they share what
#: was loaded. New code needs a new start, not HUP (docs/upgrading.md).
preload_app = True


def when_ready(server: object) -> None:
    """Load every page, before the first worker is forked; Django is set up by now."""
    from django.urls import get_resolver  # noqa: PLC0415 -- needs Django's settings

    from fundraiser import garbage  # noqa: PLC0415

    del server
    get_resolver().url_patterns  # noqa: B018 -- asking for them imports them
    garbage.leave_what_is_loaded()


def post_worker_init(worker: object) -> None:
    """Let each web process say that it lives."""
    from fundraiser import heartbeat  # noqa: PLC0415 -- needs Django's settings

    del worker
    heartbeat.start("web")
