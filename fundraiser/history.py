"""Who acts, for the history of rows: each request, task and command says it before it begins.

``by``: visitor, member, admin, program, stripe, mails, task or command. ``at``: the name of the
address, task or command, never an address itself, which may be somebody's link. ``user``: the
number of the account. ``network``: of who is signed in, a keyed hash; of visitors nothing is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final

import pghistory
from celery import Task
from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from fundraiser.core import history
from fundraiser.core.http import client_hash

#: Names of addresses at which no person asks.
_MACHINES: Final = {
    "stripe_webhook": "stripe",
    "stripe_connect_webhook": "stripe",
    "mail_events": "mails",
}
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: So much of a keyed hash tells two networks apart.
_NETWORK: Final = 12
#: It makes the tables themselves, and lets no trigger act.
_NOT_TOLD: Final = frozenset({"restore"})
_begun = threading.local()


class HistoryMiddleware:
    """Says who asks, and at which address, to what the request changes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Begin with somebody unknown: the address is resolved later."""
        with pghistory.context(by="visitor"):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> None:
        """Say the address's name; where something may change, also who is signed in."""
        del view, args, kwargs
        if match := request.resolver_match:
            by = _MACHINES.get(match.url_name or "", "visitor")
            history.note(by=by, at=match.view_name)
            if request.method not in _SAFE and settings.SESSION_COOKIE_NAME in request.COOKIES:
                history.note(**_member(request, match))


def _member(request: HttpRequest, match: ResolverMatch) -> dict[str, Any]:
    if not request.user.is_authenticated:
        return {}
    return {
        "by": "admin" if "admin" in match.namespaces else "member",
        "user": request.user.pk,
        "network": client_hash(request)[:_NETWORK],
    }


@task_prerun.connect
def _begin(task: Task[Any, Any], **_: object) -> None:
    """Say which task it is."""
    context = pghistory.context(by="task", at=task.name)
    context.__enter__()  # type: ignore[no-untyped-call]
    _begun.contexts = [*getattr(_begun, "contexts", []), context]


@task_postrun.connect
def _end(**_: object) -> None:
    if contexts := getattr(_begun, "contexts", []):
        contexts.pop().__exit__(None, None, None)


def of_command(root: Path, name: str) -> AbstractContextManager[Any]:
    """Return what a command runs in: the product's own say their name, Django's say nothing."""
    ours = any(
        (root / app / "management" / "commands" / f"{name}.py").is_file()
        for app in ("events", "donations")
    )
    if not ours or name in _NOT_TOLD:
        return nullcontext()
    return pghistory.context(by="command", at=name)
