"""Every address of the pages that know of money, one file a subject."""

from __future__ import annotations

from donations.urls import exports, organize, own, public, workshops

urlpatterns = [
    *exports.urlpatterns,
    *organize.urlpatterns,
    *own.urlpatterns,
    *workshops.urlpatterns,
    # Last: a campaign's address may be followed by any name of a workshop.
    *public.urlpatterns,
]
