"""Every address of the pages that know of money, one file a subject."""

from __future__ import annotations

from donations.urls import (
    abuse,
    api,
    campaigns,
    cancelling,
    connecting,
    declared,
    embedding,
    exports,
    health,
    organize,
    own,
    payouts,
    people,
    public,
    remittances,
    updates,
    workshops,
)

urlpatterns = [
    # First, since it is asked for most: Django tries one pattern after the other.
    *public.urlpatterns,
    *abuse.urlpatterns,
    *api.urlpatterns,
    *campaigns.urlpatterns,
    *cancelling.urlpatterns,
    *connecting.urlpatterns,
    *declared.urlpatterns,
    *embedding.urlpatterns,
    *exports.urlpatterns,
    *health.urlpatterns,
    *organize.urlpatterns,
    *own.urlpatterns,
    *payouts.urlpatterns,
    *people.urlpatterns,
    *remittances.urlpatterns,
    *updates.urlpatterns,
    *workshops.urlpatterns,
]
