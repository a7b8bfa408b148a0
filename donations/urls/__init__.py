"""Every address of the pages that know of money, one file a subject."""

from __future__ import annotations

from donations.urls import connecting, exports, organize, own, public

urlpatterns = [
    *exports.urlpatterns,
    *organize.urlpatterns,
    *connecting.urlpatterns,
    *own.urlpatterns,
    # Last: a campaign's address may be followed by any name of a workshop.
    *public.urlpatterns,
]
