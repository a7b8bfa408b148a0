"""Exports: asked for, looked after, fetched. Those of whoever made the token, in its team."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Schema

from donations.api import doors, paging
from donations.api.authentication import Token, caller_of, need
from donations.api.inputs import NewExport
from donations.api.once import Key, once
from donations.api.paging import Page
from donations.api.problems import ANY, Problem, RefusedError
from donations.api.routing import router
from donations.models import Export
from donations.services.api_tokens import Caller
from donations.services.exports import jobs
from donations.services.exports.file_names import name_of
from donations.services.exports.kinds import KINDS
from donations.states import ExportState
from fundraiser.core import clock

_EXPORTS: Final = Token("write:exports", editor=True)
#: These say nothing of money.
_OF_PEOPLE: Final = {"registrations", "attendance", "messages"}
CONTENT_TYPES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl",
    "txt": "text/plain",
}


class ExportShape(Schema):
    """One export. Its file is there once ``state`` is done, until ``expires_at``."""

    id: UUID
    kind: str
    format: str
    state: str
    #: None: of all the team's campaigns, asked for in the browser.
    campaign: UUID | None
    workshop: UUID | None
    first_day: date | None
    last_day: date | None
    time_zone: str
    rows_total: int
    rows_written: int
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None

    @classmethod
    def of(cls, row: Export) -> ExportShape:
        """Return an export as it is shown."""
        same = "kind format state first_day last_day time_zone rows_total rows_written"
        more = "created_at finished_at expires_at"
        return cls(
            **{name: getattr(row, name) for name in f"{same} {more}".split()},
            id=row.public_id,
            campaign=row.campaign.public_id if row.campaign else None,
            workshop=row.workshop.public_id if row.workshop else None,
        )


class Exports(Schema):
    """A page of exports."""

    data: list[ExportShape]
    next: UUID | None


def _need(caller: Caller, kind: str) -> None:
    """Refuse a token that may not read what stands in a kind of export."""
    if kind not in _OF_PEOPLE:
        need(caller, "read:money")
    if kind in _OF_PEOPLE or KINDS[kind].is_personal:
        need(caller, "read:people")


@router.get(
    "/exports", auth=_EXPORTS, response={200: Exports, ANY: Problem}, url_name="api_exports"
)
def list_exports(request: HttpRequest, asked: Query[Page]) -> Exports:
    """The exports of the team that the token’s maker asked for, the newest first."""
    shown, cursor = paging.read(doors.exports(caller_of(request)), asked)
    return Exports(data=[ExportShape.of(one) for one in shown], next=cursor)


@router.post(
    "/exports",
    auth=_EXPORTS,
    response={201: ExportShape, ANY | {413}: Problem},
    url_name="api_exports",
)
def create_export(
    request: HttpRequest, body: NewExport, idempotency_key: Key = None
) -> HttpResponse:
    """Ask for a file: a worker writes it. Needs the scopes of what stands in it."""
    caller = caller_of(request)
    _need(caller, body.kind.value)
    campaign = doors.campaign(caller, body.campaign)
    workshop = None
    if body.workshop is not None:
        workshop = get_object_or_404(campaign.workshops, public_id=body.workshop)
    if body.first_day and body.last_day and body.last_day < body.first_day:
        told = [("last_day", "The last day is before the first.")]
        raise RefusedError(422, "invalid", "Some values cannot be taken.", errors=told)
    values: dict[str, Any] = body.model_dump(exclude={"campaign", "workshop", "kind"})

    def work() -> Schema:
        export = Export(
            owner_id=caller.token.user_id,
            campaign=campaign,
            workshop=workshop,
            kind=body.kind.value,
            created_at=clock.now(),
            **values,
        )
        return ExportShape.of(jobs.ask(export))

    return once(request, idempotency_key, work)


@router.get(
    "/exports/{uuid:export_id}",
    auth=_EXPORTS,
    response={200: ExportShape, ANY: Problem},
    url_name="api_export",
)
def read_export(request: HttpRequest, export_id: UUID) -> ExportShape:
    """How far an export is."""
    return ExportShape.of(doors.export(caller_of(request), export_id))


@router.post(
    "/exports/{uuid:export_id}/cancel",
    auth=_EXPORTS,
    response={200: ExportShape, ANY: Problem},
    url_name="api_export_cancel",
)
def cancel_export(request: HttpRequest, export_id: UUID) -> ExportShape:
    """End an export that is not written yet; one that has ended stays as it is."""
    export = doors.export(caller_of(request), export_id)
    jobs.cancel(export)
    return ExportShape.of(export)


@router.get(
    "/exports/{uuid:export_id}/file",
    auth=_EXPORTS,
    response={200: None, ANY: Problem},
    url_name="api_export_file",
)
def read_file(request: HttpRequest, export_id: UUID) -> FileResponse:
    """The file, once it is written; 404 before, and when it is thrown away."""
    caller = caller_of(request)
    export = doors.export(caller, export_id)
    _need(caller, export.kind)
    is_over = export.expires_at is None or export.expires_at <= clock.now()
    if export.state != ExportState.DONE or is_over or not jobs.path_of(export).exists():
        raise Http404
    return FileResponse(
        jobs.path_of(export).open("rb"),
        as_attachment=True,
        filename=name_of(export),
        content_type=CONTENT_TYPES[export.format],
    )
