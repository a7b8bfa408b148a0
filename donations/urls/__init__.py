"""Every address of the pages that know of money, one file a subject."""

from __future__ import annotations

from donations.urls import campaigns, embedding, exports, organize, own, public

urlpatterns = [
    *organize.urlpatterns,
    *campaigns.urlpatterns,
    *exports.urlpatterns,
    *embedding.urlpatterns,
    *own.urlpatterns,
    # Last: a campaign's address may be followed by any name of a workshop.
    *public.urlpatterns,
]
