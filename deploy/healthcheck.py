"""Ask this container's own web server whether it is ready; the exit status is the answer."""

from __future__ import annotations

import os
import sys
import urllib.request
from urllib.parse import urlsplit

_SECONDS = 5


def main() -> int:
    """Return 0 when /healthz answers 200, 1 otherwise. The request looks like the proxy's."""
    site = urlsplit(os.environ.get("SITE_URL", "http://127.0.0.1:8000"))
    port = os.environ.get("WEB_BIND", "127.0.0.1:8000").rpartition(":")[2]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/healthz",
        headers={"Host": site.netloc, "X-Forwarded-Proto": site.scheme},
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return 0 if answer.status == 200 else 1
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
