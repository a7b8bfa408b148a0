"""What ``manage.py up`` starts the sandbox with."""

from __future__ import annotations

from donations.stripe_events import APPLIED_TYPES
from fundraiser.local.ports import RememberedPorts
from fundraiser.local.services import Services, start_programs
from sandbox.__main__ import options, parsed


class _Recorder:
    """Stands for the supervisor: keeps the command lines instead of starting them."""

    def __init__(self):
        self.commands = {}

    def start(self, name, command):
        self.commands[name] = [str(part) for part in command]


def test_the_sandbox_sends_exactly_the_types_that_the_product_applies(tmp_path):
    names = ("STRIPE_WEBHOOK_SECRET", "STRIPE_CONNECT_WEBHOOK_SECRET")
    services = Services(
        port=8000,
        variables={},
        secrets=dict.fromkeys(names, "whsec_test"),
        ports=RememberedPorts(tmp_path / "ports.env"),
        sandbox="http://127.0.0.1:9",
        waits={"sandbox": 9},
    )
    recorder = _Recorder()
    start_programs(services, recorder)
    [command] = recorder.commands.values()
    started = options(parsed(command[command.index("sandbox") + 1 :]))
    assert tuple(started.webhook_events) == APPLIED_TYPES
    assert [connect for _, _, connect in started.webhooks] == [False, True]
