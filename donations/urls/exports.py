"""The addresses of exports."""

from __future__ import annotations

from django.urls import path

from donations.views import organize_accounting, organize_columns, organize_exports

urlpatterns = [
    path(
        "organize/campaigns/<uuid:public_id>/exports/",
        organize_exports.campaign_exports,
        name="campaign_exports",
    ),
    path(
        "organize/teams/<uuid:public_id>/exports/",
        organize_exports.team_exports,
        name="team_exports",
    ),
    path(
        "organize/teams/<uuid:public_id>/accounting/",
        organize_accounting.team_accounting,
        name="team_accounting",
    ),
    path(
        "organize/teams/<uuid:public_id>/accounting/close/",
        organize_accounting.team_close,
        name="team_close",
    ),
    path(
        "organize/teams/<uuid:public_id>/columns/",
        organize_columns.team_columns,
        name="team_columns",
    ),
    path(
        "organize/teams/<uuid:public_id>/columns/<uuid:preset_id>/remove/",
        organize_columns.team_columns_remove,
        name="team_columns_remove",
    ),
    path("organize/exports/<uuid:public_id>/", organize_exports.export, name="export"),
    path(
        "organize/exports/<uuid:public_id>/cancel/",
        organize_exports.export_cancel,
        name="export_cancel",
    ),
    path(
        "organize/exports/<uuid:public_id>/file/", organize_exports.export_file, name="export_file"
    ),
]
