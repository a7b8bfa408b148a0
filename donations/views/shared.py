"""Pages that are the same for every visitor are rendered once for all who come within seconds.

The key holds the versions of what the page shows, so nobody sees an old total; what has no version
(seats left on a list, a status that depends on the time) may be as old as ``SECONDS``. What differs
from visitor to visitor is only the form's nonce, which is put in afterwards. Signed-in people,
those who have a message waiting, and addresses with a query get a page of their own.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable, Set
from typing import Final

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

SECONDS: Final = 5
#: Stands in a shared page where each visitor's own nonce goes.
NONCE: Final = uuid.UUID("00000000-0000-4000-8000-000000000000")

_MAKING: Final = tuple(threading.Lock() for _ in range(16))


def page(
    request: HttpRequest,
    key: tuple[object, ...],
    render: Callable[[], HttpResponse],
    *,
    told: Set[str] = frozenset(),
) -> HttpResponse:
    """Return the page under ``key`` (language included by the caller), rendered now if need be.

    ``told``: what an address may ask for that the key tells already.
    """
    personal = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name} & request.COOKIES.keys()
    if personal or not set(request.GET) <= told:
        return _with_nonce(render())
    cache = caches["pages"]
    name = hashlib.sha256(repr(key).encode()).hexdigest()
    content = cache.get(name)
    if content is None:
        # Of many who ask at the same moment one makes the page, and the others take it.
        with _MAKING[int(name[:2], 16) % len(_MAKING)]:
            content = cache.get(name)
            if content is None:
                response = render()
                if response.status_code == 200:
                    cache.set(name, response.content, SECONDS)
                return _with_nonce(response)
    return _with_nonce(HttpResponse(content))


def unless_same(
    request: HttpRequest, key: tuple[object, ...], page: Callable[[], HttpResponse]
) -> HttpResponse:
    """Return the page with an ETag made of ``key``, or 304 to who has that already."""
    etag = f'"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}"'
    seen = request.headers.get("If-None-Match") == etag
    response = HttpResponseNotModified() if seen else page()
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response


def _with_nonce(response: HttpResponse) -> HttpResponse:
    placeholder = str(NONCE).encode()
    if placeholder in response.content:
        response.content = response.content.replace(placeholder, str(uuid.uuid4()).encode())
    return response
