"""Files that organizers handed in, served so that they can do no harm."""

from __future__ import annotations

from django.http import HttpResponse

from donations.services.remitting.receipt_files import ReceiptFile


def file_answer(file: ReceiptFile) -> HttpResponse:
    """Return a file: a picture to be shown, a PDF to be saved; neither may run anything here."""
    how = "inline" if file.is_picture else "attachment"
    return HttpResponse(
        file.content,
        content_type=file.content_type,
        headers={
            "Content-Disposition": f'{how}; filename="receipt.{file.ending}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Robots-Tag": "noindex",
            "Cache-Control": "private, no-cache",
        },
    )
