"""The addresses of updates to donors."""

from __future__ import annotations

from django.urls import path

from donations.views import organize_updates

_UPDATE = "organize/campaigns/<uuid:public_id>/updates/<uuid:update_id>/"

urlpatterns = [
    path(
        "organize/campaigns/<uuid:public_id>/updates/",
        organize_updates.campaign_updates,
        name="campaign_updates",
    ),
    path(_UPDATE, organize_updates.campaign_update, name="campaign_update"),
    path(f"{_UPDATE}edit/", organize_updates.campaign_update_edit, name="campaign_update_edit"),
    path(
        f"{_UPDATE}publish/",
        organize_updates.campaign_update_publish,
        name="campaign_update_publish",
    ),
    path(
        f"{_UPDATE}discard/",
        organize_updates.campaign_update_discard,
        name="campaign_update_discard",
    ),
    path("updates-off/<str:token>/", organize_updates.updates_off, name="updates_off"),
]
