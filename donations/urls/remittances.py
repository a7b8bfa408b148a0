"""The addresses of the money's way to the charity, and of the ledger's digests."""

from __future__ import annotations

from django.urls import path

from donations.views import acknowledging, ledger, organize_remittances

urlpatterns = [
    path(
        "organize/campaigns/<uuid:public_id>/remittances/",
        organize_remittances.campaign_remittances,
        name="campaign_remittances",
    ),
    path(
        "organize/remittances/<uuid:public_id>/",
        organize_remittances.remittance,
        name="remittance",
    ),
    path(
        "organize/remittances/<uuid:public_id>/receipt/",
        organize_remittances.remittance_receipt,
        name="remittance_receipt",
    ),
    path(
        "organize/remittances/<uuid:public_id>/file/",
        organize_remittances.remittance_file,
        name="remittance_file",
    ),
    path(
        "organize/remittances/<uuid:public_id>/ask/",
        organize_remittances.remittance_ask,
        name="remittance_ask",
    ),
    path(
        "organize/remittances/<uuid:public_id>/approve/",
        organize_remittances.remittance_approve,
        name="remittance_approve",
    ),
    path(
        "organize/remittances/<uuid:public_id>/undo/",
        organize_remittances.remittance_undo,
        name="remittance_undo",
    ),
    path("acknowledge/<str:token>/", acknowledging.acknowledge, name="acknowledge"),
    path(
        "transfers/<uuid:public_id>/receipt/",
        acknowledging.transfer_receipt,
        name="transfer_receipt",
    ),
    path("ledger/digests/", ledger.digests, name="ledger_digests"),
    path("ledger/digests.csv", ledger.digests_csv, name="ledger_digests_csv"),
]
