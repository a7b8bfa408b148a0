"""Files that were written while somebody was known who is erased now."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from donations.models import Export
from donations.services.exports import jobs
from donations.states import EXPORT_TABLE, ExportState
from fundraiser.core.transitions import StaleStateError, advance


def throw_away(campaign_ids: Collection[int]) -> int:
    """Remove the files of these campaigns' teams, and begin those again that are being written.

    Who wants such a file asks for it again. Return how many files are gone.
    """
    of_teams = Q(owner__membership__team__campaigns__in=campaign_ids)
    of_all = Q(team__campaigns__in=campaign_ids)
    about = Q(campaign__in=campaign_ids) | of_teams | of_all | Q(of_site=True)
    found = Export.objects.filter(about)
    rows = Export.objects.filter(pk__in=found.values("pk"))
    # Its writer finds it taken away, and removes what it has written: jobs.write, step 3.
    rows.filter(state=ExportState.RUNNING).update(state=ExportState.QUEUED, lease_until=None)
    gone = 0
    for export in rows.filter(state=ExportState.DONE):
        path = jobs.path_of(export)
        try:
            advance(export, ExportState.EXPIRED, EXPORT_TABLE, file="")
        except StaleStateError:  # Its time was over at the same moment: then it is gone as well.
            continue
        path.unlink(missing_ok=True)
        gone += 1
    return gone
