"""Receipts of transfers as files: believed by their content (services/declaring/receipt_files.py).

A PDF is only ever offered for saving; a picture, which was drawn anew, may be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.core.files.storage import default_storage

from donations.services.declaring import receipt_files
from fundraiser.core.errors import ServiceError

LONGEST_FILE: Final = receipt_files.MOST_BYTES
FOLDER: Final = "remittances"


class NoReceiptError(ServiceError):
    """The file is none of PDF, JPEG, PNG or WebP, is broken, or too large: ``why`` says what."""

    code = "no_receipt"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.why = code


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """A file that may be kept."""

    content: bytes
    ending: str

    @property
    def content_type(self) -> str:
        """What it is served as."""
        return receipt_files.CONTENT_TYPES[self.ending]

    @property
    def is_picture(self) -> bool:
        """Whether a browser may show it."""
        return self.ending != "pdf"


def cleaned(content: bytes) -> ReceiptFile:
    """Return a file as it may be kept. Raises NoReceiptError ("too_large", "unknown", "broken")."""
    try:
        receipt = receipt_files.read(content)
    except receipt_files.NotAReceiptError as error:
        raise NoReceiptError(error.why) from error
    return ReceiptFile(receipt.content, receipt.ending)


def keep(file: ReceiptFile) -> str:
    """Store a file under a random name, and return the name."""
    return receipt_files.keep(receipt_files.Receipt(file.content, file.ending, ""), FOLDER)


def read(name: str) -> ReceiptFile | None:
    """Return a kept file; None where it is gone."""
    ending = name.rpartition(".")[2]
    if not name or ending not in receipt_files.CONTENT_TYPES or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return ReceiptFile(file.read(), ending)


def forget(name: str) -> None:
    """Delete a kept file."""
    default_storage.delete(name)
