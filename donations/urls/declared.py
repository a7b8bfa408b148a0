"""The addresses of gifts that are given elsewhere: shown by receipt, or entered by hand."""

from __future__ import annotations

from django.urls import path

from donations.views import claiming, organize_carried, organize_claims, organize_offline

urlpatterns = [
    path("shown/<str:token>/", claiming.claim, name="claim"),
    path("shown/<str:token>/withdraw/", claiming.claim_withdraw, name="claim_withdraw"),
    path(
        "organize/campaigns/<uuid:public_id>/claims/",
        organize_claims.campaign_claims,
        name="campaign_claims",
    ),
    path(
        "organize/campaigns/<uuid:public_id>/claims/settings/",
        organize_claims.campaign_claims_settings,
        name="campaign_claims_settings",
    ),
    path("organize/claims/<uuid:public_id>/file/", organize_claims.claim_file, name="claim_file"),
    path(
        "organize/claims/<uuid:public_id>/accept/",
        organize_claims.claim_accept,
        name="claim_accept",
    ),
    path(
        "organize/claims/<uuid:public_id>/decline/",
        organize_claims.claim_decline,
        name="claim_decline",
    ),
    path("organize/claims/<uuid:public_id>/undo/", organize_claims.claim_undo, name="claim_undo"),
    path(
        "organize/campaigns/<uuid:public_id>/by-hand/",
        organize_offline.campaign_offline,
        name="campaign_offline",
    ),
    path(
        "organize/by-hand/<uuid:public_id>/received/",
        organize_offline.offline_received,
        name="offline_received",
    ),
    path(
        "organize/by-hand/<uuid:public_id>/forget/",
        organize_offline.offline_forget,
        name="offline_forget",
    ),
    path(
        "organize/by-hand/<uuid:public_id>/take-back/",
        organize_offline.offline_take_back,
        name="offline_take_back",
    ),
    path(
        "organize/workshops/<uuid:public_id>/carried/",
        organize_carried.workshop_carried,
        name="workshop_carried",
    ),
]
