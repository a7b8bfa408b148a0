"""Every address of the pages that know of money, one file a subject."""

from __future__ import annotations

from donations.urls import organize, own, public, workshops

urlpatterns = [
    *organize.urlpatterns,
    *own.urlpatterns,
    *workshops.urlpatterns,
    # Last: a campaign's address may be followed by any name of a workshop.
    *public.urlpatterns,
]
