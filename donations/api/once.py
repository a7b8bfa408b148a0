"""Idempotency keys: a request that is sent again is answered again, and done once.

As draft-ietf-httpapi-idempotency-key-header has it. Exact by the database alone:

1. In one transaction the key's row is inserted first. Who inserts the same key at the same moment
   waits there for the first one's end (unique index).
2. The work is done and its answer written into the row; all of it commits together, or nothing.
3. Whoever finds the row gets its answer, or 422 where the request is another one.

Only what was done is kept: after a refusal the same key may come with a corrected body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Header, Schema

from donations.api.authentication import caller_of
from donations.api.problems import RefusedError
from donations.models import ApiAnswer
from donations.services.api_tokens import ANSWERS_KEPT
from fundraiser.core import clock

#: The header, for the signature of an operation.
Key = Annotated[str | None, Header(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]*$")]


def once(request: HttpRequest, key: str | None, work: Callable[[], Schema]) -> HttpResponse:
    """Do ``work``, or give the answer that it was given under ``key`` before: 201 and its JSON."""
    if key is None:
        with transaction.atomic():
            return _created(work().model_dump_json())
    mine = ApiAnswer.objects.filter(token=caller_of(request).token)
    asked = _hash(request)
    with transaction.atomic():
        now = clock.now()
        mine.filter(created_at__lt=now - ANSWERS_KEPT).delete()
        row = ApiAnswer(token=caller_of(request).token, key=key, request_hash=asked, created_at=now)
        ApiAnswer.objects.bulk_create([row], ignore_conflicts=True)
        kept = mine.select_for_update(no_key=True).get(key=key)
        if kept.request_hash != asked:
            detail = "This Idempotency-Key came with another request before."
            raise RefusedError(422, "key_reused", detail)
        if kept.status is None:
            kept.status, kept.body = 201, work().model_dump_json()
            kept.save(update_fields=["status", "body"])
    return _created(kept.body)


def _hash(request: HttpRequest) -> str:
    about = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(about + request.body).hexdigest()


def _created(body: str) -> HttpResponse:
    return HttpResponse(body, status=201, content_type="application/json; charset=utf-8")
