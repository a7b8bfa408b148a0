"""What stands in the addresses of a workshop's series and requests, for the access matrix."""

from __future__ import annotations

from events.models import Series, Workshop


def asked(workshop: Workshop) -> dict[str, str]:
    """Return the address of a booking as if it asked to come; it is answered already."""
    booking = workshop.bookings.order_by("pk")[0]
    return {"public_id": str(workshop.public_id), "booking_id": str(booking.public_id)}


def series(workshop: Workshop) -> dict[str, str]:
    """Return the number of the workshop's series."""
    return {"public_id": str(_series(workshop).public_id)}


def series_page(workshop: Workshop) -> dict[str, str]:
    """Return what stands in the public address of the workshop's series."""
    return {"slug": workshop.campaign.slug, "series_slug": _series(workshop).slug}


def _series(workshop: Workshop) -> Series:
    assert workshop.series is not None, "the stage's workshop has one"
    return workshop.series
