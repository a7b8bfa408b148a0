"""The digests of the ledger's months, for everybody to write down."""

from __future__ import annotations

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from donations.services import ledger_digests


@require_safe
def digests(request: HttpRequest) -> HttpResponse:
    """Every closed month, the latest first."""
    context = {"months": ledger_digests.shown()}
    return render(request, "ledger/digests.html", context)


@require_safe
def digests_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV: one line a month, currency and account, oldest first."""
    del request
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("month", "entries", "currency", "account", "sum", "previous", "sha256"))
    for one in reversed(ledger_digests.shown()):
        month = f"{one.month:%Y-%m}"
        for account, amount in one.sums or (("", None),):
            cells = (amount.currency, account, format(amount.major, "f")) if amount else ("",) * 3
            writer.writerow((month, one.count, *cells, one.previous, one.digest))
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ledger-digests.csv"'
    return response
