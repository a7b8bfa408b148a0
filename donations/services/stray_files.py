"""Receipts, of gifts and of transfers, and exports that no row refers to."""

from __future__ import annotations

from donations.models import Claim, Export, Remittance
from donations.services.declaring import receipt_files
from donations.services.remitting import receipt_files as transfers
from events.services import stray_files


def remove() -> int:
    """Delete files of all kinds that are over a day old and nobody's; return how many."""
    return (
        stray_files.remove_pictures()
        + stray_files.remove(receipt_files.FOLDER, _of_claims)
        + stray_files.remove(transfers.FOLDER, _of_transfers)
        + stray_files.remove("exports", _of_exports)
    )


def _of_claims(names: list[str]) -> set[str]:
    paths = {f"{receipt_files.FOLDER}/{name}": name for name in names}
    rows = Claim.objects.filter(file__in=paths).values_list("file", flat=True)
    return {paths[path] for path in rows}


def _of_transfers(names: list[str]) -> set[str]:
    paths = {f"{transfers.FOLDER}/{name}": name for name in names}
    rows = Remittance.objects.filter(receipt_name__in=paths)
    return {paths[path] for path in rows.values_list("receipt_name", flat=True)}


def _of_exports(names: list[str]) -> set[str]:
    """Those of killed writers are nobody's: a row names its file when it is whole."""
    return set(Export.objects.filter(file__in=names).values_list("file", flat=True))
