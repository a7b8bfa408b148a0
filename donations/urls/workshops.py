"""The addresses of an organizer's workshops, and of the public page of a series."""

from __future__ import annotations

from django.urls import path

from donations.views import (
    organize_questions,
    organize_requests,
    organize_series,
    organize_workshop_edit,
    organize_workshops,
)

_CAMPAIGN = "organize/campaigns/<uuid:public_id>"
_WORKSHOP = "organize/workshops/<uuid:public_id>"

urlpatterns = [
    path(
        f"{_CAMPAIGN}/workshops/",
        organize_workshops.campaign_workshops,
        name="campaign_workshops",
    ),
    path(f"{_CAMPAIGN}/workshops/new/", organize_workshops.workshop_create, name="workshop_create"),
    path(f"{_WORKSHOP}/edit/", organize_workshop_edit.workshop_edit, name="workshop_edit"),
    path(f"{_WORKSHOP}/publish/", organize_workshops.workshop_publish, name="workshop_publish"),
    path(
        f"{_WORKSHOP}/unpublish/", organize_workshops.workshop_unpublish, name="workshop_unpublish"
    ),
    path(
        f"{_WORKSHOP}/questions/", organize_questions.workshop_questions, name="workshop_questions"
    ),
    path(f"{_WORKSHOP}/clone/", organize_series.workshop_clone, name="workshop_clone"),
    path(
        f"{_CAMPAIGN}/series/new/",
        organize_series.campaign_series_create,
        name="campaign_series_create",
    ),
    path("organize/series/<uuid:public_id>/", organize_series.series_edit, name="series_edit"),
    path(
        "organize/series/<uuid:public_id>/remove/",
        organize_series.series_remove,
        name="series_remove",
    ),
    path(f"{_WORKSHOP}/requests/", organize_requests.workshop_requests, name="workshop_requests"),
    path(
        f"{_WORKSHOP}/requests/<uuid:booking_id>/approve/",
        organize_requests.request_approve,
        name="request_approve",
    ),
    path(
        f"{_WORKSHOP}/requests/<uuid:booking_id>/decline/",
        organize_requests.request_decline,
        name="request_decline",
    ),
]
