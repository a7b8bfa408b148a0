"""Money's records in Django's admin: to be read; what may be done is done by services."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.contrib import admin
from django.contrib import messages as flash
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from donations.gateway import GatewayError
from donations.models import (
    Acknowledgement,
    Alarm,
    ApiToken,
    Backup,
    Books,
    CampaignUpdate,
    Cancellation,
    CancellationChoice,
    Claim,
    ExportSchedule,
    LedgerDigest,
    OfflineGift,
    Payout,
    PeriodLock,
    RefundOrder,
    Remittance,
)
from donations.services import api_tokens, refund_run, settlement
from fundraiser.core.admin import ReadOnly

#: Each asks Stripe, and the browser waits meanwhile.
_AT_ONCE: Final = 20

#: Model: (columns of the list, filters, what the search looks in).
_RECORDS: Final[dict[type[models.Model], tuple[str, str, str]]] = {
    Acknowledgement: ("remittance asked_at acknowledged_at received_minor revoked_at", "", ""),
    Alarm: ("check_name raised_at ended_at", "check_name", ""),
    Backup: ("taken_at checked_at place name size", "", "name"),
    Books: ("team covers country siren", "covers country", ""),
    CampaignUpdate: ("title campaign published_at", "", "title"),
    CancellationChoice: ("booking choice by_default done_at set_aside_at error", "choice", ""),
    Claim: ("public_id campaign state amount_minor created_at", "state", "public_id"),
    ExportSchedule: (
        "kind every campaign workshop team of_site next_due paused_at",
        "every kind",
        "",
    ),
    LedgerDigest: ("month count digest created_at", "", "digest"),
    OfflineGift: ("public_id campaign kind state amount_minor", "kind state", "public_id"),
    Payout: ("stripe_id account amount_minor status arrival_on", "status", "stripe_id"),
    PeriodLock: ("team until rows locked_by created_at", "", ""),
    RefundOrder: ("donation amount_minor seat done_at refused_at error", "seat", "refund_id"),
    Remittance: (
        "public_id campaign state amount_minor sent_on",
        "state method",
        "public_id reference",
    ),
}


def _register(model: type[models.Model], columns: str, filters: str, searched: str) -> None:
    fields = model._meta.fields  # noqa: SLF001 -- Django's documented way to a model's fields
    pointing = {one.name for one in fields if one.remote_field}
    related = tuple(one for one in columns.split() if one in pointing)
    page = type(
        f"{model.__name__}Admin",
        (ReadOnly,),
        {
            "list_display": tuple(columns.split()),
            "list_filter": tuple(filters.split()),
            "search_fields": tuple(searched.split()),
            "list_select_related": related or False,
        },
    )
    admin.site.register(model, page)


for _model, _said in _RECORDS.items():
    _register(_model, *_said)


def ask_stripe(
    page: ReadOnly,
    request: HttpRequest,
    numbers: Iterable[int],
    ask: Callable[[int], Any],
) -> None:
    """Let a service ask Stripe of each row, the first few; say of how many it could."""
    done = failed = 0
    for number in list(numbers)[:_AT_ONCE]:
        try:
            ask(number)
            done += 1
        except (GatewayError, settlement.BusyError, ValueError):
            failed += 1
    told = ngettext(
        "%(count)d row stands as at Stripe.", "%(count)d rows stand as at Stripe.", done
    )
    page.message_user(request, told % {"count": done})
    if failed:
        told = ngettext(
            "%(count)d row could not be asked for: Stripe does not answer, or knows nothing of it.",
            "%(count)d rows could not be asked for: Stripe does not answer, or knows nothing of "
            "them.",
            failed,
        )
        page.message_user(request, told % {"count": failed}, flash.WARNING)


@admin.register(Cancellation)
class CancellationAdmin(ReadOnly):
    """Cancelled workshops with what their payers chose."""

    list_display = ("workshop", "deadline", "default", "created_at")
    list_select_related = ("workshop",)
    actions = ("try_again",)

    @admin.action(description=_("Begin refunds anew that were set aside"), permissions=["decide"])
    def try_again(self, request: HttpRequest, rows: QuerySet[Cancellation]) -> None:
        """Let the run take up what it gave up."""
        count = sum(refund_run.try_again(one) for one in rows)
        told = ngettext("%(count)d refund begins anew.", "%(count)d refunds begin anew.", count)
        self.message_user(request, told % {"count": count})


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly):
    """Access for programs. What a token is, nobody can read here: only its first letters."""

    list_display = ("name", "team", "user", "prefix", "expires_at", "revoked_at", "last_used_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("team", "user")
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description=_("End these tokens"), permissions=["decide"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiToken]) -> None:
        """End them for ever."""
        for one in rows.select_related("team"):
            api_tokens.revoke(team=one.team, public_id=one.public_id)
        self.message_user(request, _("They open nothing any more."))
