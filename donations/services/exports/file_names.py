"""How the file of an export is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.services.accounting import books, fec
from donations.services.exports import writing

if TYPE_CHECKING:
    from donations.models import Export


def name_of(export: Export) -> str:
    """Return a file name that says what is in it; a FEC's is that of the rules."""
    if export.format == writing.FEC_FORMAT and export.team and export.last_day:
        return fec.file_name(books.of_team(export.team).siren, export.last_day)
    about = export.campaign or export.team
    mark = "TEST-" if export.campaign and export.campaign.test_mode else ""
    return f"{mark}{about.slug if about else 'export'}-{export.kind}.{export.format}"
