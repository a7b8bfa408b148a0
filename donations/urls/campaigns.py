"""The addresses of an organizer's pages of a campaign itself: begun, edited, published, shared."""

from __future__ import annotations

from django.urls import path

from donations.views import organize_campaign_edit, organize_campaigns, organize_share

_ONE = "organize/campaigns/<uuid:public_id>/"

urlpatterns = [
    path("organize/campaigns/new/", organize_campaigns.campaign_create, name="campaign_create"),
    path(_ONE, organize_campaigns.organize_campaign, name="organize_campaign"),
    path(f"{_ONE}move/<slug:to>/", organize_campaigns.campaign_move, name="campaign_move"),
    path(f"{_ONE}edit/", organize_campaign_edit.campaign_edit, name="campaign_edit"),
    path(
        f"{_ONE}edit/preview/",
        organize_campaign_edit.campaign_story_preview,
        name="campaign_story_preview",
    ),
    path(f"{_ONE}picture/", organize_campaign_edit.campaign_picture, name="campaign_picture"),
    path(
        f"{_ONE}picture/remove/",
        organize_campaign_edit.campaign_picture_remove,
        name="campaign_picture_remove",
    ),
    path(f"{_ONE}address/", organize_campaign_edit.campaign_address, name="campaign_address"),
    path(f"{_ONE}share/", organize_share.campaign_share, name="campaign_share"),
    path(f"{_ONE}share/<slug:place>.svg", organize_share.campaign_qr, name="campaign_qr"),
]
