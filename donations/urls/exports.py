"""The addresses of exports."""

from __future__ import annotations

from django.urls import path

from donations.views import (
    organize_accounting,
    organize_columns,
    organize_exports,
    organize_schedules,
)

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
    path("organize/site/exports/", organize_exports.site_exports, name="site_exports"),
    path(
        "organize/campaigns/<uuid:public_id>/exports/schedule/",
        organize_schedules.campaign_schedule,
        name="campaign_schedule",
    ),
    path(
        "organize/teams/<uuid:public_id>/exports/schedule/",
        organize_schedules.team_schedule,
        name="team_schedule",
    ),
    path("organize/site/exports/schedule/", organize_schedules.site_schedule, name="site_schedule"),
    path(
        "organize/exports/schedules/<uuid:public_id>/pause/",
        organize_schedules.schedule_pause,
        name="schedule_pause",
    ),
    path(
        "organize/exports/schedules/<uuid:public_id>/resume/",
        organize_schedules.schedule_resume,
        name="schedule_resume",
    ),
    path(
        "organize/exports/schedules/<uuid:public_id>/remove/",
        organize_schedules.schedule_remove,
        name="schedule_remove",
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
