"""The account of who is erased."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session


def forget(email: str) -> None:
    """Delete an address's account where it organizes nothing, and the sessions that name either.

    An organizer's account stays as long as it is in a team or may come into the administration:
    it answers for money, and whoever manages the site deletes it.
    """
    users = User.objects.filter(email__iexact=email)
    if users.exclude(membership=None, is_staff=False, is_superuser=False).exists():
        return
    numbers = {str(one.pk) for one in users}
    for session in Session.objects.iterator(chunk_size=1000):
        if _names(session.get_decoded(), numbers, email.lower()):
            session.delete()
    users.delete()


def _names(said: dict[str, Any], numbers: set[str], email: str) -> bool:
    """Whether a session is one of these accounts', or of somebody about to sign in with one.

    Visitors have no sessions (docs/adr/0009-forms-without-sessions.md): there are few to look at.
    """
    return said.get(SESSION_KEY) in numbers or email in set(_texts(said))


def _texts(value: Any) -> Iterator[str]:
    """Yield each text that stands in a session, in small letters, however deep."""
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    else:
        yield str(value).strip().lower()
