"""The addresses of transfers from Stripe to the bank."""

from __future__ import annotations

from django.urls import path

from donations.views import organize_payouts

urlpatterns = [
    path(
        "organize/campaigns/<uuid:public_id>/payouts/",
        organize_payouts.campaign_payouts,
        name="campaign_payouts",
    ),
    path(
        "organize/campaigns/<uuid:public_id>/payouts/<slug:stripe_id>/",
        organize_payouts.campaign_payout,
        name="campaign_payout",
    ),
]
