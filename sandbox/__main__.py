"""Starts the sandbox: ``python -m sandbox --port N --data FILE --webhook URL …``."""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from sandbox import schema
from sandbox.application import Options, Sandbox
from sandbox.server import Server
from sandbox.store import DataFileBusyError

TICK_SECONDS = 0.5


def event_types(text: str) -> list[str]:
    """A comma separated list of event types; raises for one that Stripe does not have."""
    wanted = [entry.strip() for entry in text.split(",") if entry.strip()]
    unknown = sorted(set(wanted) - set(schema.event_types()))
    if unknown or not wanted:
        raise argparse.ArgumentTypeError(f"no such event type: {', '.join(unknown) or text!r}")
    return wanted


def parsed(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--data", type=Path, help="file that keeps the state; none: memory only")
    parser.add_argument("--webhook", metavar="URL", help="gets this account's events")
    parser.add_argument("--webhook-secret", metavar="WHSEC")
    parser.add_argument("--connect-webhook", metavar="URL", help="gets connected accounts' events")
    parser.add_argument("--connect-webhook-secret", metavar="WHSEC")
    parser.add_argument(
        "--webhook-events",
        metavar="TYPE,TYPE",
        type=event_types,
        default=["*"],
        help="the only event types that both endpoints get; none: all",
    )
    parser.add_argument("--live", action="store_true", help="play live mode; takes made-up keys")
    parser.add_argument("--strict", action="store_true", help="check answers against the schema")
    values = parser.parse_args(arguments)
    for name in ("webhook", "connect_webhook"):
        if getattr(values, name) and not getattr(values, f"{name}_secret"):
            option = name.replace("_", "-")
            parser.error(f"--{option} needs --{option}-secret")
    return values


def options(values: argparse.Namespace) -> Options:
    """What the command line asks for."""
    webhooks = []
    if values.webhook:
        webhooks.append((values.webhook, values.webhook_secret, False))
    if values.connect_webhook:
        webhooks.append((values.connect_webhook, values.connect_webhook_secret, True))
    return Options(
        data=values.data,
        strict=values.strict,
        live=values.live,
        webhooks=webhooks,
        webhook_events=values.webhook_events,
    )


def tick(sandbox: Sandbox) -> None:
    """Lets time pass, for ever: sessions expire and debits settle without any request."""
    while True:
        time.sleep(TICK_SECONDS)
        try:
            sandbox.run_due()
        except Exception:
            logging.getLogger("sandbox").exception("a planned action failed")


def main(arguments: list[str]) -> int:
    """Serves until SIGTERM or SIGINT; returns the exit status."""
    logging.basicConfig(level=logging.INFO, format="sandbox: %(message)s", stream=sys.stderr)
    values = parsed(arguments)
    try:
        sandbox = Sandbox(options(values))
        server = Server(sandbox, values.port)
    except (DataFileBusyError, OSError) as problem:
        sys.stderr.write(f"sandbox: {problem}\n")
        return 1
    sandbox.add_started_endpoints()
    sandbox.courier.start()
    threading.Thread(target=tick, args=(sandbox,), daemon=True).start()

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Every answered change is in the journal already; waiting for open requests is no use.
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"sandbox ready {sandbox.base_url}\n")
    sys.stdout.flush()
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
