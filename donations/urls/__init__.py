"""Every address of the pages that know of money, one file a subject."""

from __future__ import annotations

from donations.urls import (
    cancelling,
    exports,
    organize,
    own,
    people,
    public,
    remittances,
    updates,
)

urlpatterns = [
    *exports.urlpatterns,
    *organize.urlpatterns,
    *own.urlpatterns,
    *people.urlpatterns,
    *cancelling.urlpatterns,
    *remittances.urlpatterns,
    *updates.urlpatterns,
    # Last: a campaign's address may be followed by any name of a workshop.
    *public.urlpatterns,
]
