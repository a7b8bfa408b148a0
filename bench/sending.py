"""One sender for bench.mails: says ``ready``, waits for a line, sends what is due, tells its times.

It sends a few mails before, since a worker lives long: its templates are read already. What it
tells: when it was done (the machine's monotonic clock) and the CPU seconds that it took.
"""

from __future__ import annotations

import os
import sys
import time

import django

_WARM = 5


def main() -> None:
    """Send once."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "fundraiser.settings"
    django.setup()
    from events.services.mails import sender  # noqa: PLC0415 -- needs the settings

    sender.send_due(limit=_WARM)
    print("ready", flush=True)
    sys.stdin.readline()
    before = time.process_time()
    sender.send_due()
    print(time.perf_counter(), time.process_time() - before, flush=True)


if __name__ == "__main__":
    main()
