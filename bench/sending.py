"""One sender for bench.mails: says ``ready``, waits for a line, sends what is due, tells its times.

It prints when it was done (the machine's monotonic clock) and the CPU seconds it took.
"""

from __future__ import annotations

import os
import sys
import time

import django


def main() -> None:
    """Send once."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "fundraiser.settings"
    django.setup()
    from events.services import sender  # noqa: PLC0415 -- needs the settings

    print("ready", flush=True)
    sys.stdin.readline()
    before = time.process_time()
    sender.send_due()
    print(time.perf_counter(), time.process_time() - before, flush=True)


if __name__ == "__main__":
    main()
